import { float, joined, nested, type Pieces, whole } from './protobuf.ts';

/** Opset with `LayerNormalization`. Field numbers and type codes: onnx.proto of ONNX 1.12. */
const OPSET = 17;
const IR_VERSION = 8;
const ELEMENT = { float: 1, uint8: 2, int8: 3, int64: 7 } as const;
const ATTRIBUTE = { float: 1, int: 2, ints: 7 } as const;

type Values = Float32Array | Uint8Array | Int8Array | BigInt64Array;
type Attribute = number | readonly number[] | { readonly float: number };

/** A graph in the making. Nodes are added in the order in which they run. */
export type Graph = {
  /** Adds a constant, and gives its name back. */
  constant(name: string, shape: readonly number[], values: Values): string;
  /** Whole numbers as a constant, of the type that shapes and axes have. */
  wholes(name: string, values: readonly number[]): string;
  /** Adds a node with one output, and gives the output's name back. */
  node(
    operator: string,
    inputs: readonly string[],
    attributes?: Readonly<Record<string, Attribute>>,
  ): string;
  /** Adds a node with several outputs. */
  nodes(operator: string, inputs: readonly string[], outputs: number): readonly string[];
  /** The file's bytes. Inputs are `int64`, the output `float`; a shape's words stand for any length. */
  model(
    inputs: Readonly<Record<string, readonly (number | string)[]>>,
    output: { readonly name: string; readonly shape: readonly (number | string)[] },
  ): Uint8Array<ArrayBuffer>;
};

export function createGraph(): Graph {
  const nodes: Pieces[] = [];
  const constants: Pieces[] = [];
  let names = 0;
  const add = (
    operator: string,
    inputs: readonly string[],
    outputs: readonly string[],
    attributes: Readonly<Record<string, Attribute>> = {},
  ) => {
    nodes.push([
      ...inputs.flatMap((name) => nested(1, name)),
      ...outputs.flatMap((name) => nested(2, name)),
      ...nested(3, `node_${nodes.length}`),
      ...nested(4, operator),
      ...Object.entries(attributes).flatMap(([name, value]) => nested(5, attribute(name, value))),
    ]);
    return outputs;
  };
  const fresh = () => `value_${names++}`;
  const graph: Graph = {
    constant: (name, shape, values) => {
      constants.push(tensor(name, shape, values));
      return name;
    },
    wholes: (name, values) =>
      graph.constant(name, [values.length], BigInt64Array.from(values, BigInt)),
    node: (operator, inputs, attributes) => {
      const output = fresh();
      add(operator, inputs, [output], attributes);
      return output;
    },
    nodes: (operator, inputs, outputs) =>
      add(operator, inputs, Array.from({ length: outputs }, fresh)),
    model: (inputs, output) => {
      add('Identity', [output.name], ['last_hidden_state']);
      return joined([
        ...whole(1, IR_VERSION),
        ...nested(7, [
          ...nodes.flatMap((node) => nested(1, node)),
          ...nested(2, 'bert'),
          ...constants.flatMap((constant) => nested(5, constant)),
          ...Object.entries(inputs).flatMap(([name, shape]) =>
            nested(11, value(name, ELEMENT.int64, shape)),
          ),
          ...nested(12, value('last_hidden_state', ELEMENT.float, output.shape)),
        ]),
        ...nested(8, [...nested(1, ''), ...whole(2, OPSET)]),
      ]);
    },
  };
  return graph;
}

function attribute(name: string, value: Attribute): Pieces {
  const head = nested(1, name);
  if (typeof value === 'number') return [...head, ...whole(3, value), ...whole(20, ATTRIBUTE.int)];
  if ('float' in value) return [...head, ...float(2, value.float), ...whole(20, ATTRIBUTE.float)];
  return [...head, ...value.flatMap((one) => whole(8, one)), ...whole(20, ATTRIBUTE.ints)];
}

function tensor(name: string, shape: readonly number[], values: Values): Pieces {
  return [
    ...shape.flatMap((side) => whole(1, side)),
    ...whole(2, elementOf(values)),
    ...nested(8, name),
    ...nested(9, new Uint8Array(values.buffer, values.byteOffset, values.byteLength)),
  ];
}

function elementOf(values: Values): number {
  if (values instanceof Float32Array) return ELEMENT.float;
  if (values instanceof Uint8Array) return ELEMENT.uint8;
  return values instanceof Int8Array ? ELEMENT.int8 : ELEMENT.int64;
}

const value = (name: string, element: number, shape: readonly (number | string)[]): Pieces => [
  ...nested(1, name),
  ...nested(
    2,
    nested(1, [
      ...whole(1, element),
      ...nested(
        2,
        shape.flatMap((side) =>
          nested(1, typeof side === 'number' ? whole(1, side) : nested(2, side)),
        ),
      ),
    ]),
  ),
];
