# What the training scripts share: int8 quantization, comparison of runtimes, images.h.
#
# Written for Python 3.11 with tensorflow-cpu 2.21.0, keras 3.15.1, numpy 2.4.6,
# scikit-learn 1.9.1, flatbuffers 25.12.19, tflite 2.18.0, ai-edge-litert 2.3.0 and
# tflite-micro 0.dev20261023182759. With these and on one machine a second run writes the
# same bytes; other versions or another processor may give other weights.
import collections
import os
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"  # sums in one order

import keras
import numpy as np
import tensorflow as tf
import tflite
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tensorflow.python.framework.convert_to_constants import (
    convert_variables_to_constants_v2)
from tflite_micro import runtime as micro

RESOLVERS = {
    "reference": OpResolverType.BUILTIN_REF,
    "optimized": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
    "XNNPACK": OpResolverType.AUTO,
}
REPRESENTATIVE = 500  # training images that the converter sees to choose the scales


def fix_seeds(seed):
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def fit(model, x, y, epochs, augment=None, batch=64, rate=3e-3):
    """Adam with a learning rate that falls to zero along a cosine."""
    steps = epochs * ((len(x) + batch - 1) // batch)
    decay = keras.optimizers.schedules.CosineDecay(rate, steps)
    model.compile(keras.optimizers.Adam(decay), "sparse_categorical_crossentropy")
    for _ in range(epochs):
        model.fit(augment(x) if augment else x, y, batch_size=batch, verbose=0)


def quantize(model, x):
    """The model as int8 TFLite, one image a call, with the signature image -> scores."""
    image = tf.TensorSpec((1, *x.shape[1:]), tf.float32, "image")
    infer = tf.function(lambda image: model(image, training=False))
    frozen = convert_variables_to_constants_v2(infer.get_concrete_function(image))
    serve = tf.function(lambda image: {"scores": frozen(image)[0]},
                        input_signature=[image])
    with tempfile.TemporaryDirectory() as folder:
        tf.saved_model.save(tf.Module(), folder, signatures=serve)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
        converter.representative_dataset = lambda: (
            {"image": image[None]} for image in x[:REPRESENTATIVE])
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = tf.int8
        converter.inference_output_type = tf.int8
        return converter.convert()


def run_micro(content, images):
    """int8 scores of int8 images, by TensorFlow Lite Micro's reference kernels."""
    interpreter = micro.Interpreter.from_bytes(bytes(content), arena_size=1 << 20)
    scores = []
    for image in images:
        interpreter.set_input(image[None], 0)
        interpreter.invoke()
        scores.append(interpreter.get_output(0)[0].copy())
    return np.array(scores)


def run_litert(content, images, resolver):
    interpreter = Interpreter(model_content=content, num_threads=1,
                              experimental_op_resolver_type=resolver)
    runner = interpreter.get_signature_runner("serving_default")
    return np.array([runner(image=image[None])["scores"][0] for image in images])


def operators(content):
    model = tflite.Model.GetRootAs(content)
    names = {code: name for name, code in vars(tflite.BuiltinOperator).items()
             if isinstance(code, int)}
    graph = model.Subgraphs(0)
    codes = [model.OperatorCodes(graph.Operators(i).OpcodeIndex()).BuiltinCode()
             for i in range(graph.OperatorsLength())]
    return collections.Counter(names[code] for code in codes)


def finish(name, model, train, x, y, folder):
    """Quantizes, measures on the test set (x, y), checks the runtimes against each other,
    writes the model; returns the int8 scores of TensorFlow Lite Micro."""
    content = quantize(model, train)
    interpreter = Interpreter(model_content=content)
    scale, zero = interpreter.get_input_details()[0]["quantization"]
    images = np.clip(np.round(x / scale) + zero, -128, 127).astype(np.int8)
    scores = run_micro(content, images)

    print(f"{name}.tflite: {len(content)} bytes, {model.count_params()} parameters,",
          "input scale", scale, "zero point", zero)
    print("operators:", dict(operators(content)))
    floats = model.predict(x, verbose=0).argmax(1)
    print(f"test images: {len(y)}; float accuracy {(floats == y).mean():.2%},",
          f"int8 {(scores.argmax(1) == y).mean():.2%}")
    for title, resolver in RESOLVERS.items():
        other = run_litert(content, images, resolver)
        step = np.abs(other.astype(int) - scores)
        print(f"LiteRT {title} against TensorFlow Lite Micro: {(step > 0).sum()} of",
              f"{step.size} scores differ, by {step.max()} at most;",
              f"{(other.argmax(1) != scores.argmax(1)).sum()} other answers")
    with open(os.path.join(folder, name + ".tflite"), "wb") as file:
        file.write(content)
    return scores


def write_images(path, about, pixels, labels, scores, names):
    """The first test image of each class as C, with its int8 scores."""
    rows = "\n\t\t"
    with open(path, "w") as file:
        file.write(f"/* {about}\n   Made by train.py. A pixel is a character: 0 to 9,"
                   " then a to g. The scores are those of\n   TensorFlow Lite Micro."
                   " */\n")
        file.write(f"enum {{ SIDE = {pixels.shape[1]}, WHITE = {pixels.max()},"
                   f" CLASSES = {len(names)} }};\n\n")
        file.write("static const char *const names[CLASSES] = {\n\t"
                   + ", ".join(f'"{name}"' for name in names) + "};\n\n")
        file.write("typedef struct {\n\tint label;\n\tconst char *pixels;\n"
                   "\tsigned char scores[CLASSES];\n} Image;\n\n")
        file.write("static const Image images[] = {\n")
        for label in range(len(names)):
            first = int(np.argmax(labels == label))
            lines = ("".join("0123456789abcdefg"[level] for level in row)
                     for row in pixels[first])
            file.write(f"\t{{{label}," + rows + rows.join(f'"{line}"' for line in lines)
                       + "," + rows + "{" + ", ".join(map(str, scores[first])) + "}},\n")
        file.write("};\n")
