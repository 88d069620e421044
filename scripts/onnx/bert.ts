import { createGraph, type Graph } from './graph.ts';

export type BertShape = {
  readonly layers: number;
  readonly width: number;
  readonly heads: number;
  /** Width of the feed-forward part. */
  readonly inner: number;
  readonly tokens: number;
  /** Most tokens of a text, special ones included. */
  readonly positions: number;
};

export type BertOptions = BertShape & {
  readonly seed: number;
  /** `q8`: linear layers as bytes, activations quantised as they come, as the hub's `q8` files are. */
  readonly dtype: 'fp32' | 'q8';
  /** Size of what attention and feed-forward add to the sum of the embeddings; 1 is usual. */
  readonly strength: number;
};

type Weights = (length: number, deviation: number) => Float32Array;
type Layer = (input: string, name: string, from: number, to: number) => string;

/** A BERT encoder with random weights as an ONNX file: ids, mask and types in, hidden states out. */
export function writeBert(options: BertOptions): Uint8Array<ArrayBuffer> {
  const { width, layers } = options;
  const graph = createGraph();
  const weights = randomWeights(options.seed);
  const linear = options.dtype === 'q8' ? byteLayer(graph, weights) : floatLayer(graph, weights);
  const mask = attentionBias(graph);
  let hidden = embeddings(graph, weights, options);
  for (let at = 0; at < layers; at++) {
    const attended = attention({ graph, linear, mask, options, at }, hidden);
    hidden = normalised(graph, width, graph.node('Add', [hidden, attended]));
    hidden = normalised(
      graph,
      width,
      graph.node('Add', [hidden, feedForward({ graph, linear, options, at }, hidden)]),
    );
  }
  const axes = ['texts', 'length'];
  return graph.model(
    { input_ids: axes, attention_mask: axes, token_type_ids: axes },
    { name: hidden, shape: [...axes, width] },
  );
}

/** Mulberry32 (Tommy Ettinger, public domain), two draws a value, as a normal distribution (Box–Muller). */
function randomWeights(seed: number): Weights {
  let state = seed >>> 0;
  const draw = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (length, deviation) =>
    Float32Array.from(
      { length },
      () => deviation * Math.sqrt(-2 * Math.log(1 - draw())) * Math.cos(2 * Math.PI * draw()),
    );
}

const floatLayer =
  (graph: Graph, weights: Weights): Layer =>
  (input, name, from, to) => {
    const matrix = graph.constant(`${name}.weight`, [from, to], weights(from * to, from ** -0.5));
    const bias = graph.constant(`${name}.bias`, [to], weights(to, 0.02));
    return graph.node('Add', [graph.node('MatMul', [input, matrix]), bias]);
  };

const byteLayer =
  (graph: Graph, weights: Weights): Layer =>
  (input, name, from, to) => {
    const floats = weights(from * to, from ** -0.5);
    const scale = floats.reduce((most, one) => Math.max(most, Math.abs(one)), 0) / 127;
    const bytes = Int8Array.from(floats, (one) => Math.round(one / scale));
    const matrix = graph.constant(`${name}.weight`, [from, to], bytes);
    const factor = graph.constant(`${name}.scale`, [], Float32Array.of(scale));
    const zero = graph.constant(`${name}.zero`, [], Int8Array.of(0));
    const bias = graph.constant(`${name}.bias`, [to], weights(to, 0.02));
    const [quantised = '', step = '', offset = ''] = graph.nodes(
      'DynamicQuantizeLinear',
      [input],
      3,
    );
    const product = graph.node('MatMulInteger', [quantised, matrix, offset, zero]);
    const scaled = graph.node('Mul', [
      graph.node('Cast', [product], { to: 1 }),
      graph.node('Mul', [step, factor]),
    ]);
    return graph.node('Add', [scaled, bias]);
  };

/** 0 where there is a token, and next to minus infinity where a text was filled up: [texts, 1, 1, length]. */
function attentionBias(graph: Graph): string {
  const axes = graph.wholes('mask.axes', [1, 2]);
  const one = graph.constant('mask.one', [], Float32Array.of(1));
  const lowest = graph.constant('mask.lowest', [], Float32Array.of(-10_000));
  const wide = graph.node('Cast', [graph.node('Unsqueeze', ['attention_mask', axes])], { to: 1 });
  return graph.node('Mul', [graph.node('Sub', [one, wide]), lowest]);
}

function embeddings(
  graph: Graph,
  weights: Weights,
  { tokens, positions, width, strength }: BertOptions,
): string {
  const words = graph.constant('words', [tokens, width], weights(tokens * width, 1));
  const types = graph.constant('types', [2, width], weights(2 * width, 0.1 * strength));
  const places = graph.constant(
    'places',
    [positions, width],
    weights(positions * width, 0.1 * strength),
  );
  const zero = graph.wholes('places.zero', [0]);
  const one = graph.wholes('places.one', [1]);
  const length = graph.node('Gather', [graph.node('Shape', ['input_ids']), one], { axis: 0 });
  const place = graph.node('Slice', [places, zero, length, zero]);
  const word = graph.node('Gather', [words, 'input_ids'], { axis: 0 });
  const type = graph.node('Gather', [types, 'token_type_ids'], { axis: 0 });
  return normalised(graph, width, graph.node('Add', [graph.node('Add', [word, type]), place]));
}

function normalised(graph: Graph, width: number, input: string): string {
  const gain = graph.constant(`${input}.gain`, [width], new Float32Array(width).fill(1));
  const shift = graph.constant(`${input}.shift`, [width], new Float32Array(width));
  return graph.node('LayerNormalization', [input, gain, shift], {
    axis: -1,
    epsilon: { float: 1e-12 },
  });
}

type Part = {
  readonly graph: Graph;
  readonly linear: Layer;
  readonly options: BertOptions;
  readonly at: number;
};

function attention(part: Part & { readonly mask: string }, hidden: string): string {
  const { graph, linear, mask, options, at } = part;
  const { width, heads } = options;
  const name = `layers.${at}.attention`;
  const apart = graph.wholes(`${name}.apart`, [0, 0, heads, width / heads]);
  const together = graph.wholes(`${name}.together`, [0, 0, width]);
  const root = graph.constant(`${name}.root`, [], Float32Array.of(Math.sqrt(width / heads)));
  const split = (which: string, perm: readonly number[]) =>
    graph.node(
      'Transpose',
      [graph.node('Reshape', [linear(hidden, `${name}.${which}`, width, width), apart])],
      {
        perm,
      },
    );
  const query = split('query', [0, 2, 1, 3]);
  const key = split('key', [0, 2, 3, 1]);
  const content = split('value', [0, 2, 1, 3]);
  const scores = graph.node('Div', [graph.node('MatMul', [query, key]), root]);
  const shares = graph.node('Softmax', [graph.node('Add', [scores, mask])], { axis: -1 });
  const mixed = graph.node('Transpose', [graph.node('MatMul', [shares, content])], {
    perm: [0, 2, 1, 3],
  });
  return weakened(
    part,
    linear(graph.node('Reshape', [mixed, together]), `${name}.output`, width, width),
    name,
  );
}

function feedForward(part: Part, hidden: string): string {
  const { graph, linear, options, at } = part;
  const { width, inner } = options;
  const name = `layers.${at}.forward`;
  const constant = (which: string, value: number) =>
    graph.constant(`${name}.${which}`, [], Float32Array.of(value));
  const wide = linear(hidden, `${name}.inner`, width, inner);
  const erf = graph.node('Erf', [graph.node('Div', [wide, constant('root', Math.SQRT2)])]);
  const gate = graph.node('Add', [erf, constant('one', 1)]);
  const gelu = graph.node('Mul', [graph.node('Mul', [wide, gate]), constant('half', 0.5)]);
  return weakened(part, linear(gelu, `${name}.outer`, inner, width), name);
}

function weakened({ graph, options }: Part, output: string, name: string): string {
  if (options.strength === 1) return output;
  const factor = graph.constant(`${name}.strength`, [], Float32Array.of(options.strength));
  return graph.node('Mul', [output, factor]);
}
