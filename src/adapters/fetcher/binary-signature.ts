type Signature = { readonly kind: string; readonly at: number; readonly bytes: readonly number[] };

const signature = (kind: string, hex: string, at = 0): Signature => ({
  kind,
  at,
  bytes: [...Buffer.from(hex, 'hex')],
});

// Only what no text begins with: "BM" of a bitmap or "MZ" of a program may be the start of a post.
const SIGNATURES: readonly Signature[] = [
  signature('a PNG image', '89504e470d0a1a0a'),
  signature('a JPEG image', 'ffd8ff'),
  signature('a GIF image', '474946383761'),
  signature('a GIF image', '474946383961'),
  signature('a WebP image', '57454250', 8),
  signature('a TIFF image', '49492a00'),
  signature('a TIFF image', '4d4d002a'),
  signature('an icon', '00000100'),
  signature('a Photoshop image', '384250530001'),
  signature('a PDF', '255044462d'),
  signature('a zip archive', '504b0304'),
  signature('a zip archive', '504b0506'),
  signature('gzip', '1f8b08'),
  signature('a bzip2 archive', '314159265359', 4),
  signature('an xz archive', 'fd377a585a00'),
  signature('a zstd archive', '28b52ffd'),
  signature('a 7z archive', '377abcaf271c'),
  signature('a RAR archive', '526172211a07'),
  signature('a tar archive', '7573746172', 257),
  signature('an old Office file', 'd0cf11e0a1b11ae1'),
  signature('a SQLite database', '53514c69746520666f726d6174203300'),
  signature('a program', '7f454c46'),
  signature('a program', '4d5a9000'),
  signature('a program', 'cafebabe'),
  signature('a program', 'cffaedfe'),
  signature('WebAssembly', '0061736d'),
  signature('a font', '774f4646'),
  signature('a font', '774f4632'),
  signature('a font', '4f54544f00'),
  signature('a font', '0001000000'),
  signature('an MP4 or MOV film', '66747970', 4),
  signature('a Matroska film', '1a45dfa3'),
  signature('an AVI film or WAVE sound', '57415645', 8),
  signature('an AVI film or WAVE sound', '41564920', 8),
  signature('an Ogg sound', '4f67675300'),
  signature('a FLAC sound', '664c614300'),
  signature('an MP3 sound', '49443303'),
  signature('an MP3 sound', '49443304'),
];

/** What a body is by its first bytes, whatever its headers say; `null` when it may be text. */
export function binaryKindOf(body: Uint8Array): string | null {
  const found = SIGNATURES.find(({ at, bytes }) =>
    bytes.every((byte, offset) => body[at + offset] === byte),
  );
  return found?.kind ?? null;
}
