declare module 'html-encoding-sniffer' {
  /** Name of the encoding, by BOM, transport layer, `<meta>` or XML declaration, else a default. */
  const sniff: (
    bytes: Uint8Array,
    options?: {
      readonly xml?: boolean;
      readonly transportLayerEncodingLabel?: string;
      readonly defaultEncoding?: string;
    },
  ) => string;
  export = sniff;
}
