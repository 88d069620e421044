import type { Post } from './world.ts';

const TOPICS = ['index', 'epoch', 'pairing', 'channel', 'snapshot', 'label', 'gate', 'prompt'];

const prose = (topic: string, part: string) =>
  `The ${part} of the ${topic} is told here, since ${topic} readers ask for its ${part} most. ` +
  `It takes ${topic.length + part.length} minutes to read, and the ${topic} stays as it was.`;

/** Posts that have every kind of label and nothing in common; each links to the one after. */
export const blogPosts = (count = 24): readonly Post[] =>
  Array.from({ length: count }, (_, at) => {
    const topic = `${TOPICS[at % TOPICS.length]}${at}`;
    const next = `${TOPICS[((at + 1) % count) % TOPICS.length]}${(at + 1) % count}`;
    return {
      path: `/posts/${topic}/`,
      title: `All about ${topic}`,
      tags: at % 2 === 0 ? ['even'] : ['odd'],
      markdown: [
        `${prose(topic, 'start')} See [the story of ${next}](/posts/${next}/).`,
        `## How the ${topic} came about`,
        prose(topic, 'origin'),
        `## Who looks after the ${topic}?`,
        prose(topic, 'keeper'),
        '## Introduction',
        prose(topic, 'introduction'),
      ].join('\n\n'),
    };
  });
