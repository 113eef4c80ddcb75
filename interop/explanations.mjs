// Runs converted models in TensorFlow.js: node explanations.mjs FOLDER, where cases.json says what to ask; answers go to found.json.
import fs from "node:fs";
import path from "node:path";
import * as tf from "@tensorflow/tfjs";

const folder = process.argv[2];
await tf.setBackend("cpu");
const found = {};
for (const { signature, inputs, outputs } of JSON.parse(fs.readFileSync(path.join(folder, "cases.json")))) {
  const at = path.join(folder, signature);
  const model = JSON.parse(fs.readFileSync(path.join(at, "model.json")));
  const [weights] = model.weightsManifest;
  const bytes = Buffer.concat(weights.paths.map((name) => fs.readFileSync(path.join(at, name))));
  const graph = await tf.loadGraphModel({
    load: async () => ({
      modelTopology: model.modelTopology,
      weightSpecs: weights.weights,
      weightData: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      signature: model.signature,
      format: model.format,
    }),
  });
  const feeds = Object.fromEntries(inputs.map(({ tensor, shape, type, values }) => [tensor, tf.tensor(values, shape, type)]));
  const results = [await graph.executeAsync(feeds, outputs.map(({ tensor }) => tensor))].flat();
  found[signature] = Object.fromEntries(outputs.map(({ name }, i) => [name, Array.from(results[i].dataSync())]));
}
fs.writeFileSync(path.join(folder, "found.json"), JSON.stringify(found));
