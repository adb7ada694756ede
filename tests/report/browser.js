// Appended to a page of --report: tries it in a browser; what is wrong ends up in the page's title.
"use strict";
const wrong = [];

function tell(what, ok) {
	if (!ok && wrong.length < 5)
		wrong.push(what);
}
function apart(a, b) { // no more than a hair of one over the other
	return a.right - 1 < b.left || b.right - 1 < a.left || a.bottom - 4 < b.top || b.bottom - 4 < a.top;
}
function tryPicture() {
	const frame = document.getElementById("map").getBoundingClientRect();
	const texts = Array.from(document.querySelectorAll("#map text"));
	const boxes = texts.map(text => text.getBoundingClientRect());
	boxes.forEach(function (box, i) {
		const name = texts[i].textContent;
		tell(name + " is outside", box.left >= frame.left && box.right <= frame.right &&
			box.top >= frame.top && box.bottom <= frame.bottom);
		for (let k = 0; k < i; k++)
			tell(name + " over " + texts[k].textContent, apart(box, boxes[k]));
	});
	for (const rect of document.querySelectorAll("#map .buffer rect"))
		tell("a colour is missing", getComputedStyle(rect).fill.startsWith("rgb("));
}
function tryPointing() {
	const about = document.getElementById("about");
	for (const buffer of document.querySelectorAll("#map .buffer")) {
		buffer.dispatchEvent(new MouseEvent("mouseover", { bubbles: true }));
		tell("what is pointed at", about.textContent === buffer.querySelector("title").textContent);
		tell("its layer's row", document.querySelector("#layers tr.on").dataset.n === buffer.dataset.n);
	}
}
function trySorting() {
	const table = document.getElementById("layers"), heads = Array.from(table.tHead.rows[0].cells);
	const column = heads.findIndex(head => head.textContent === "cost");
	const costs = () => Array.from(table.tBodies[0].rows, row => Number(row.cells[column].textContent.replaceAll(",", "")));
	const before = costs();
	heads[column].click();
	tell("largest first", String(costs()) === String(before.slice().sort((a, b) => b - a)));
	heads[column].click();
	tell("least first", String(costs()) === String(before.slice().sort((a, b) => a - b)));
	heads[0].click();
	heads[0].click();
	tell("as it was", String(costs()) === String(before));
	tell("bars", Array.from(table.querySelectorAll("td.n")).some(cell => cell.style.getPropertyValue("--p") === "100%"));
}
window.onerror = message => tell(message, false);
tryPicture();
tryPointing();
trySorting();
tell("wider than the window", document.documentElement.scrollWidth <= innerWidth);
document.title = wrong.length ? "wrong: " + wrong.join("; ") : "all right";
