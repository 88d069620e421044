import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BertOptions, writeBert } from './bert.ts';

const SPECIAL = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'] as const;

/** A WordPiece vocabulary that spells any printable ASCII, and has `words` whole. */
export function vocabularyOf(words: readonly string[]): Readonly<Record<string, number>> {
  const printable = Array.from({ length: 94 }, (_, at) => String.fromCharCode(33 + at)).filter(
    (character) => character === character.toLowerCase(),
  );
  const letters = printable.filter((character) => /[a-z0-9]/.test(character));
  const tokens = new Set([
    ...SPECIAL,
    ...printable,
    ...letters.map((letter) => `##${letter}`),
    ...words,
  ]);
  return Object.fromEntries([...tokens].map((token, id) => [token, id]));
}

/** `tokenizer.json` of a BERT: lower case, WordPiece, `[CLS]` before a text and `[SEP]` after it. */
export function bertTokenizer(vocabulary: Readonly<Record<string, number>>): object {
  const idOf = (token: string) => vocabulary[token] ?? 0;
  const special = (id: '[CLS]' | '[SEP]') => ({ SpecialToken: { id, type_id: 0 } });
  const text = (id: 'A' | 'B', type_id: number) => ({ Sequence: { id, type_id } });
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content) => ({
      id: idOf(content),
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: 'BertNormalizer',
      clean_text: true,
      handle_chinese_chars: true,
      strip_accents: null,
      lowercase: true,
    },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: {
      type: 'TemplateProcessing',
      single: [special('[CLS]'), text('A', 0), special('[SEP]')],
      pair: [special('[CLS]'), text('A', 0), special('[SEP]'), text('B', 1), special('[SEP]')],
      special_tokens: Object.fromEntries(
        (['[CLS]', '[SEP]'] as const).map((id) => [id, { id, ids: [idOf(id)], tokens: [id] }]),
      ),
    },
    decoder: { type: 'WordPiece', prefix: '##', cleanup: true },
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: vocabulary,
    },
  };
}

export type BertFolder = Omit<BertOptions, 'tokens'> & {
  readonly vocabulary: Readonly<Record<string, number>>;
};

/** Writes a model folder as the hub lays one out: config, tokenizer, and `onnx/model….onnx`. */
export function writeBertFolder(folder: string, { vocabulary, ...shape }: BertFolder): void {
  const tokens = Object.keys(vocabulary).length;
  const write = (name: string, content: object) =>
    writeFileSync(join(folder, name), JSON.stringify(content));
  mkdirSync(join(folder, 'onnx'), { recursive: true });
  write('config.json', {
    model_type: 'bert',
    architectures: ['BertModel'],
    hidden_size: shape.width,
    num_hidden_layers: shape.layers,
    num_attention_heads: shape.heads,
    intermediate_size: shape.inner,
    max_position_embeddings: shape.positions,
    type_vocab_size: 2,
    vocab_size: tokens,
    pad_token_id: vocabulary['[PAD]'],
  });
  write('tokenizer.json', bertTokenizer(vocabulary));
  write('tokenizer_config.json', {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: true,
    model_max_length: shape.positions,
    cls_token: '[CLS]',
    sep_token: '[SEP]',
    pad_token: '[PAD]',
    unk_token: '[UNK]',
    mask_token: '[MASK]',
  });
  const name = shape.dtype === 'q8' ? 'model_quantized.onnx' : 'model.onnx';
  writeFileSync(join(folder, 'onnx', name), writeBert({ ...shape, tokens }));
}
