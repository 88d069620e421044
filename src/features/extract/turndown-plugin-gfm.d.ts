declare module 'turndown-plugin-gfm' {
  import type TurndownService from 'turndown';

  export const strikethrough: (service: TurndownService) => void;
}
