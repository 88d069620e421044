export type Author = {
  readonly slug: string;
  readonly name: string;
  readonly bio: string;
  /** Two letters for the drawn portrait, and its colour. */
  readonly initials: string;
  readonly colour: string;
};

export const AUTHORS: readonly Author[] = [
  {
    slug: 'aiko-brandt',
    name: 'Aiko Brandt',
    bio:
      'Aiko looks after an assistant for public buyers in the north. She writes about incidents, ' +
      'mostly her own, and about the arithmetic of small test sets.',
    initials: 'AB',
    colour: '#2f5d62',
  },
  {
    slug: 'jonas-keller',
    name: 'Jonas Keller',
    bio:
      'Jonas works on search for harbours. He has taken a stranger’s archive offline once ' +
      'and has been polite ever since.',
    initials: 'JK',
    colour: '#7a3e3e',
  },
  {
    slug: 'maren-oduya',
    name: 'Maren Oduya',
    bio:
      'Maren runs the assistant of a help desk and the pager that belongs to it. She likes whole ' +
      'numbers, small diffs and short runbooks.',
    initials: 'MO',
    colour: '#3d5a80',
  },
  {
    slug: 'priya-raman',
    name: 'Priya Raman',
    bio:
      'Priya builds tools for technicians who stand in the rain. She counts milliseconds at work ' +
      'and birds at home.',
    initials: 'PR',
    colour: '#6b4c7a',
  },
  {
    slug: 'tobias-lindqvist',
    name: 'Tobias Lindqvist',
    bio:
      'Tobias operates gateways and indexes for a chain of ferry lines. He removes more code ' +
      'than he writes and would like to be judged by the difference.',
    initials: 'TL',
    colour: '#8a6d1d',
  },
];
