import { html } from 'hono/html';
import type { Html } from '../html.ts';

/** Coordinates without digits that nobody sees. */
const at = (value: number): string => String(Math.round(value * 100) / 100);

export type Box = {
  /** The class that colours it. */
  readonly className: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** What is told to whoever points at it. */
  readonly says: string;
};

export const box = ({ className, x, y, width, height, says }: Box): Html =>
  html`<rect class="${className}" x="${at(x)}" y="${at(y)}"
      width="${at(width)}" height="${at(height)}"><title>${says}</title></rect>`;

/** From which side of its place a text runs. */
export type Anchor = 'start' | 'middle' | 'end';

export const label = (x: number, y: number, anchor: Anchor, text: string): Html =>
  html`<text class="tick ${anchor}" x="${at(x)}" y="${at(y)}">${text}</text>`;

export type Line = {
  readonly className: string;
  readonly from: readonly [x: number, y: number];
  readonly to: readonly [x: number, y: number];
};

export const line = ({ className, from, to }: Line): Html =>
  html`<line class="${className}" x1="${at(from[0])}" y1="${at(from[1])}"
      x2="${at(to[0])}" y2="${at(to[1])}" />`;
