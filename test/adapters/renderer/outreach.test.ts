import { describe, expect, it } from 'vitest';
import { browseSite, script } from './browsed-site.ts';
import { listenForPackets, missingBrowser, REFUSED } from './rendering.ts';

describe.skipIf(missingBrowser() !== null)('a page in the browser', () => {
  const world = browseSite();

  describe('reaches nothing that is not to be reached', () => {
    const report = `const say = (text) => document.querySelector('main').append(' ' + text);`;
    it.each<[string, (address: string) => string]>([
      [
        'by fetch',
        (at) =>
          `fetch('${at}/x', { mode: 'no-cors' }).then(() => say('through'), () => say('stopped'))`,
      ],
      [
        'by XMLHttpRequest',
        (at) =>
          `const x = new XMLHttpRequest(); x.open('GET', '${at}/x'); x.onload = () => say('through'); x.onerror = () => say('stopped'); x.send()`,
      ],
      [
        'by a script of another site',
        (at) =>
          `const s = document.createElement('script'); s.src = '${at}/x.js'; s.onload = () => say('through'); s.onerror = () => say('stopped'); document.head.append(s)`,
      ],
      [
        'by a redirect',
        () =>
          `fetch('/inward', { mode: 'no-cors' }).then(() => say('through'), () => say('stopped'))`,
      ],
      [
        'by WebSocket',
        (at) =>
          `const w = new WebSocket('${at.replace('http', 'ws')}/x'); w.onopen = () => say('through'); w.onerror = () => say('stopped')`,
      ],
      [
        'by EventSource',
        (at) =>
          `const e = new EventSource('${at}/x'); e.onopen = () => say('through'); e.onerror = () => say('stopped')`,
      ],
      [
        'by a worker',
        (at) =>
          `new Worker(URL.createObjectURL(new Blob(["fetch('${at}/x', { mode: 'no-cors' }).then(() => postMessage('through'), () => postMessage('stopped'))"]))).onmessage = (event) => say(event.data)`,
      ],
      [
        'by its own proxy',
        () =>
          `fetch('http://localhost:9/', { mode: 'no-cors' }).then(() => say('through'), () => say('stopped'))`,
      ],
      [
        'by a file',
        () => `fetch('file:///etc/passwd').then(() => say('through'), () => say('stopped'))`,
      ],
    ])('%s', async (_, code) => {
      const text = await world.textOf(
        `<!doctype html><main></main><script>${report} ${code(world.inside.origin)}</script>`,
      );
      expect(text).toContain('<main> stopped</main>');
      expect(world.inside.asked).toEqual([]);
    });

    it.each<[string, (address: string) => string]>([
      ['a frame', (at) => `<iframe src="${at}/frame"></iframe>`],
      ['an image', (at) => `<img src="${at}/image.png">`],
      ['a ping', (at) => `<script>navigator.sendBeacon('${at}/beacon', 'x')</script>`],
      ['a popup', (at) => `<script>window.open('${at}/popup')</script>`],
      // Its requests have no page, and so no secret.
      [
        'a shared worker',
        (at) =>
          `<script>new SharedWorker(URL.createObjectURL(new Blob(["fetch('${at}/x', { mode: 'no-cors' })"])))</script>`,
      ],
      [
        'a form',
        (at) =>
          `<form method="post" action="${at}/form" target="_blank"></form><script>document.forms[0].submit()</script>`,
      ],
      [
        'hints',
        (at) =>
          `<link rel="preconnect" href="${at}"><link rel="dns-prefetch" href="${at}"><link rel="prefetch" href="${at}/p"><link rel="modulepreload" href="${at}/m.js">`,
      ],
      [
        'speculation',
        (at) =>
          `<script type="speculationrules">{"prerender":[{"source":"list","urls":["${at}/s"]}]}</script>`,
      ],
      ['a service worker', () => `<script>navigator.serviceWorker?.register('/sw.js')</script>`],
    ])('by %s', async (_, markup) => {
      expect(await world.textOf(`<main>here</main>${markup(world.inside.origin)}`)).toContain(
        '<main>here</main>',
      );
      expect(world.inside.asked).toEqual([]);
      expect(world.site.asked).not.toContain('/sw.js');
    });
  });

  it.each<[string, (port: number) => string]>([
    [
      'WebRTC',
      (
        port,
      ) => `const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:${REFUSED}:${port}' }] });
      peer.createDataChannel('x'); peer.onicegatheringstatechange = () => document.body.append(peer.iceGatheringState);
      peer.createOffer().then((offer) => peer.setLocalDescription(offer));`,
    ],
    [
      'WebTransport',
      (port) =>
        `new WebTransport('https://${REFUSED}:${port}/').ready.then(() => 0, () => document.body.append('failed'))`,
    ],
  ])('sends no packet beside its proxy by %s', async (_, code) => {
    const ear = await listenForPackets(REFUSED);
    expect(await world.textOf(script(code(ear.port)))).toContain('<main>empty</main>');
    expect(ear.heard).toEqual([]);
    ear.close();
  });
});
