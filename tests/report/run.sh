#!/bin/bash
# The pages of --report FILE.html: well-formed, true to the JSON and to the schedule, whatever names
# the model has; and, where Chromium is installed, drawn without text over text.
cd "${SRC:-$(dirname "$0")/../..}" || exit 1
SRC=$PWD
work=$BUILD
. tests/recorded.inc
: >"$work/log"
python=${PYTHON:-$(command -v python3)}
[ -n "$python" ] || { echo 'skip report: no Python'; exit 0; }

page () { # name, model, options...: NAME.html, NAME.json and NAME.schedule
	local name=$1 model=$2
	shift 2
	"$MCOMPILE" --name m "$@" --dump schedule -o "$work" --report "$work/$name.html" \
		--report "$work/$name.json" "$model" >"$work/$name.schedule" 2>"$work/log"
}
checked () { # name, a page that is to have the same elements
	"$python" tests/report/check.py "$work/$1.html" "$work/$1.json" "$work/$1.schedule" \
		${2:+"$work/$2.html"} >>"$work/log" 2>&1
}

# ---- samples and shared models
supported () { "$MCOMPILE" inspect "$1" >/dev/null 2>&1; }
pages=
for model in samples/*/*.tflite ${SHARED:+"$SHARED"/models/*.tflite}; do
	name=$(basename "$model" .tflite) status=0
	supported "$model" || { echo "  $name: has operators of a later version"; continue; }
	for options in '--optimize speed' '--optimize ram' '--optimize size' '--input const' '--input push'; do
		if page "$name" "$model" $options; then
			checked "$name" || status=1
		else
			grep -q 'input push takes a model of one input' "$work/log" || status=1
		fi
	done
	say "report/$name" $status
	pages="$pages $name"
done
[ -n "$SHARED" ] || echo 'skip report/models: no ../shared'

# ---- names: in the file, of the file
names () { # text of a name, of the model and of its tensors
	cat <<-END
	mir 1
	model "$1"
	input t0 "$1"
	output t2 "$1"
	tensor t0 s8[1,4,4,2] scale 0.5 "$1"
	tensor t1 s8[1,4,4,2] scale 0.5 "$1"
	tensor t2 s8[1,4,4,2] scale 0.00390625 zero -128
	t1 = tanh t0 "$1"
	t2 = softmax t1 beta 1 "$1"
	END
}
names plain >"$work/plain.mir"
page plain "$work/plain.mir" --no-fuse && checked plain
say report/plain $?
status=0
while IFS= read -r name; do
	file=$work/$(printf %s "$name" | tr / _ | cut -c1-40).mir
	names "$(printf %s "$name" | sed 's/["\\]/\\&/g')" >"$file"
	page hostile "$file" --no-fuse && checked hostile plain ||
		{ printf '  %s\n' "$name" | cat -v; cat "$work/log"; status=1; }
	[ -f "$work/named.html" ] || cp "$work/hostile.html" "$work/named.html"
done <<END
</title></script><script>alert(1)</script>
"><img src=x onerror=alert(1)>
' onmouseover='alert(1)
<!-- ]]> <![CDATA[ <!--map--> <!--layers-->
&lt; &amp; &#60; &
$(printf 'invalid \377\376 \300\200 cut \342\202 end')
$(printf '\342\200\256 right to left, \302\205 \033[31m \001')
$(head -c 5000 /dev/zero | tr '\0' W)
%s %n %d %1\$s
END
say report/names $status

# ---- in a browser
browser=$(command -v chromium || command -v chromium-browser || command -v google-chrome) ||
	{ echo 'skip report/browser: no Chromium'; exit 0; }
browse () { # width, option, page
	HOME=$work timeout 60 "$browser" --headless --no-sandbox --disable-gpu --hide-scrollbars --user-data-dir="$work/profile" \
		--window-size="$1",1800 "$2" "file://$3" 2>"$work/chromium"
}
for name in plain named $pages; do
	cat "$work/$name.html" - tests/report/browser.js >"$work/tried.html" <<<'<script>'
	echo '</script>' >>"$work/tried.html"
	status=0
	for width in 1300 500; do
		browse $width --dump-dom "$work/tried.html" >"$work/dom"
		grep -q '<title>all right</title>' "$work/dom" || { sed -n 's/.*<title>/  /p' "$work/dom"; status=1; }
	done
	say "report/browser/$name" $status
done
browse 1300 --screenshot="$work/page.png" "$work/${pages##* }.html"
[ "$(wc -c <"$work/page.png")" -gt 20000 ]
say report/screenshot $?
