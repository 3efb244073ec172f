/** What is promised, and how it is counted. */
export interface Slo {
  /** In the names of its recording rules. */
  readonly name: string;
  /** Begins the names of its two alerts: `<alert>Burning` and `<alert>BurningSlowly`. */
  readonly alert: string;
  readonly promise: string;
  /** The share of requests that may break the promise. */
  readonly budget: number;
  /** Requests a second that keep it, over `window`. */
  readonly good: (window: string) => string;
  /** All that count, over `window`. */
  readonly all: (window: string) => string;
}

/** A request that was refused for what its client sent says nothing of us. */
const OURS = 'outcome=~"ok|INTERNAL|UNAVAILABLE"';

const within = (operation: string, seconds: string) => (window: string) =>
  `sum(rate(plaza_gateway_request_seconds_bucket{operation="${operation}",outcome="ok",le="${seconds}"}[${window}]))`;
const asked = (operation: string) => (window: string) =>
  `sum(rate(plaza_gateway_request_seconds_count{operation="${operation}",${OURS}}[${window}]))`;

/** 99.9 % of each. */
export const SLOS: readonly Slo[] = [
  {
    name: 'timeline',
    alert: 'Timeline',
    promise: 'a page of the home feed within 200 ms',
    budget: 0.001,
    good: within('Home', '0.2'),
    all: asked('Home'),
  },
  {
    name: 'publishing',
    alert: 'Publishing',
    promise: 'a new post within 1 s',
    budget: 0.001,
    good: within('Publish', '1'),
    all: asked('Publish'),
  },
  {
    name: 'answers',
    alert: 'Answers',
    promise: 'an answer without an error of ours',
    budget: 0.001,
    good: (window) => `sum(rate(plaza_gateway_request_seconds_count{outcome="ok"}[${window}]))`,
    all: (window) => `sum(rate(plaza_gateway_request_seconds_count{${OURS}}[${window}]))`,
  },
];

/** A long window says that it matters, a short one that it still goes on; `rate` times the budget's pace of 30 days. */
const PACES = [
  { alert: 'Burning', severity: 'page', pairs: [{ rate: 14.4, long: '1h', short: '5m' }, { rate: 6, long: '6h', short: '30m' }] }, // prettier-ignore
  { alert: 'BurningSlowly', severity: 'ticket', pairs: [{ rate: 3, long: '1d', short: '2h' }, { rate: 1, long: '3d', short: '6h' }] }, // prettier-ignore
] as const;

const WINDOWS = ['5m', '30m', '1h', '2h', '6h', '1d', '3d'] as const;

/** The text of `rules/slo.yml`: for each promise the share of requests that broke it over each window, and two alerts. */
export function sloRules(): string {
  return [
    '# Written by `npm run monitoring` from slos.ts.',
    'groups:',
    ...SLOS.flatMap((slo) => [
      `  - name: slo-${slo.name}`,
      '    rules:',
      ...WINDOWS.flatMap((window) => [
        `      - record: plaza:${slo.name}_bad:ratio_rate${window}`,
        // Nothing asked gives no value; nothing good among what was asked gives 1.
        `        expr: 1 - (${slo.good(window)} or vector(0)) / (${slo.all(window)} > 0)`,
      ]),
      ...PACES.flatMap(({ alert, severity, pairs }) => [
        `      - alert: ${slo.alert}${alert}`,
        '        expr: >-',
        ...pairs.map(
          ({ rate, long, short }, i) => `          ${i === 0 ? '' : 'or '}(${over(slo, rate, long)} and ${over(slo, rate, short)})`,
        ),
        '        for: 2m',
        `        labels: { severity: ${severity} }`,
        '        annotations:',
        `          summary: 'Promised: ${slo.promise}, 99.9 %. Broken for {{ $value | humanizePercentage }} of requests.'`,
        `          runbook: docs/runbooks/${slo.alert}${alert}.md`,
      ]),
    ]),
    '',
  ].join('\n');
}

const over = (slo: Slo, rate: number, window: string): string =>
  `plaza:${slo.name}_bad:ratio_rate${window} > ${String(Number((rate * slo.budget).toFixed(6)))}`;
