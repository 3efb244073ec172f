import { SLOS } from './slos.js';

type Unit = 'short' | 's' | 'bytes' | 'percentunit' | 'reqps' | 'ops';

/** A graph: what it shows, in what unit, and each line's expression by its legend. */
interface Panel {
  readonly title: string;
  readonly unit: Unit;
  readonly lines: Readonly<Record<string, string>>;
  /** A line to stay below. */
  readonly limit?: number;
}

interface Dashboard {
  readonly file: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

const quantile = (q: number, metric: string, by: string): string =>
  `histogram_quantile(${String(q)}, sum by (le, ${by}) (rate(${metric}_bucket[$__rate_interval])))`;
const rate = (metric: string, by: string): string => `sum by (${by}) (rate(${metric}[$__rate_interval]))`;

const DASHBOARDS: readonly Dashboard[] = [
  {
    file: 'promises.json',
    title: 'Plaza: promises',
    panels: [
      ...SLOS.map(({ name, promise, budget }) => ({
        title: `Broken: ${promise}`,
        unit: 'percentunit' as const,
        limit: budget,
        lines: Object.fromEntries(['5m', '1h', '1d', '3d'].map((window) => [window, `plaza:${name}_bad:ratio_rate${window}`])),
      })),
      ...SLOS.map(({ name, promise, budget }) => ({
        title: `Budget left of three days: ${promise}`,
        unit: 'percentunit' as const,
        lines: { left: `1 - plaza:${name}_bad:ratio_rate3d / ${String(budget)}` },
      })),
      {
        title: 'Home feed',
        unit: 's',
        limit: 0.2,
        lines: Object.fromEntries(
          [0.5, 0.95, 0.99, 0.999].map((q) => [
            `p${String(q * 100)}`,
            `histogram_quantile(${String(q)}, sum by (le) (rate(plaza_gateway_request_seconds_bucket{operation="Home"}[$__rate_interval])))`,
          ]),
        ),
      },
      { title: 'Alerts', unit: 'short', lines: { '{{alertname}}': 'sum by (alertname) (ALERTS{alertstate="firing"})' } },
    ],
  },
  {
    file: 'gateway.json',
    title: 'Plaza: gateway',
    panels: [
      { title: 'Requests', unit: 'reqps', lines: { '{{outcome}}': rate('plaza_gateway_request_seconds_count', 'outcome') } },
      {
        title: 'Requests by operation',
        unit: 'reqps',
        lines: { '{{operation}}': rate('plaza_gateway_request_seconds_count', 'operation') },
      },
      { title: 'p99 by operation', unit: 's', lines: { '{{operation}}': quantile(0.99, 'plaza_gateway_request_seconds', 'operation') } },
      { title: 'Errors shown', unit: 'reqps', lines: { '{{code}}': rate('plaza_gateway_errors_total', 'code') } },
      { title: 'p95 of fetches', unit: 's', lines: { '{{subgraph}}': quantile(0.95, 'plaza_gateway_fetch_seconds', 'subgraph') } },
      {
        title: 'Fetches that brought nothing',
        unit: 'reqps',
        lines: {
          '{{subgraph}} {{outcome}}':
            'sum by (subgraph, outcome) (rate(plaza_gateway_fetch_seconds_count{outcome!="answered"}[$__rate_interval]))',
        },
      },
      {
        title: 'Breakers open',
        unit: 'short',
        lines: { '{{instance}} {{subgraph}}': 'max by (instance, subgraph) (plaza_gateway_breaker_open)' },
      },
      { title: 'Second tries', unit: 'reqps', lines: { '{{subgraph}}': rate('plaza_gateway_retries_total', 'subgraph') } },
      {
        title: 'What caches had when they were asked',
        unit: 'percentunit',
        lines: {
          '{{cache}}':
            'sum by (cache) (rate(plaza_cache_requests_total{outcome="hit"}[$__rate_interval])) / (sum by (cache) (rate(plaza_cache_requests_total[$__rate_interval])) > 0)',
        },
      },
      { title: 'Generation of the graph', unit: 'short', lines: { '{{instance}}': 'plaza_gateway_graph_generation' } },
    ],
  },
  {
    file: 'live.json',
    title: 'Plaza: live',
    panels: [
      { title: 'Sockets', unit: 'short', lines: { '{{instance}}': 'plaza_gateway_sockets' } },
      { title: 'Answers over HTTP that stay open', unit: 'short', lines: { '{{instance}}': 'plaza_gateway_streams' } },
      {
        title: 'Subscriptions',
        unit: 'short',
        lines: { listening: 'sum(plaza_gateway_subscriptions)', opening: 'sum(plaza_gateway_opening_subscriptions)' },
      },
      { title: 'Shared upstreams', unit: 'short', lines: { '{{instance}}': 'plaza_gateway_shared_upstreams' } },
      {
        title: 'Events',
        unit: 'ops',
        lines: {
          completed: 'sum(rate(plaza_gateway_live_events_total[$__rate_interval]))',
          'decided again': 'sum(rate(plaza_gateway_late_events_total[$__rate_interval]))',
          'upstreams opened': 'sum(rate(plaza_gateway_upstreams_opened_total[$__rate_interval]))',
        },
      },
      {
        title: 'Memory of a gateway by its sockets',
        unit: 'bytes',
        lines: { '{{instance}}': 'process_resident_memory_bytes / (plaza_gateway_sockets > 100)' },
      },
    ],
  },
  {
    file: 'subgraphs.json',
    title: 'Plaza: subgraphs, events, databases',
    panels: [
      {
        title: 'Visits',
        unit: 'reqps',
        lines: { '{{subgraph}} {{door}}': rate('plaza_subgraph_duration_seconds_count', 'subgraph, door') },
      },
      {
        title: 'p99 of a visit',
        unit: 's',
        lines: { '{{subgraph}} {{door}}': quantile(0.99, 'plaza_subgraph_duration_seconds', 'subgraph, door') },
      },
      {
        title: 'Visits that failed',
        unit: 'reqps',
        lines: {
          '{{subgraph}} {{door}} {{outcome}}':
            'sum by (subgraph, door, outcome) (rate(plaza_subgraph_duration_seconds_count{outcome!="ok"}[$__rate_interval]))',
        },
      },
      { title: 'SQL statements', unit: 'ops', lines: { '{{instance}}': rate('plaza_sql_statements_total', 'instance') } },
      {
        title: 'How far consumers are behind',
        unit: 's',
        limit: 30,
        lines: { '{{owner}} to {{consumer}}': 'max by (owner, consumer) (plaza_outbox_lag_seconds)' },
      },
      {
        title: 'From an event to its effect, p95',
        unit: 's',
        lines: { '{{owner}} to {{consumer}}': quantile(0.95, 'plaza_event_delay_seconds', 'owner, consumer') },
      },
      {
        title: 'Deliveries not taken',
        unit: 'ops',
        lines: { '{{owner}} to {{consumer}}': rate('plaza_event_failures_total', 'owner, consumer') },
      },
      {
        title: 'Lanes that stand',
        unit: 'short',
        limit: 1,
        lines: { '{{owner}} to {{consumer}}': 'max by (owner, consumer) (plaza_event_lanes_failing)' },
      },
      {
        title: 'Connections of pools',
        unit: 'short',
        lines: {
          '{{instance}} {{database}} {{state}}': 'sum by (instance, database, state) (plaza_pool_connections{state!="idle"})',
          '{{instance}} {{database}} most': 'sum by (instance, database) (plaza_pool_size)',
        },
      },
      {
        title: 'Connections of servers',
        unit: 'percentunit',
        limit: 0.85,
        lines: { '{{database}}': 'max by (database) (plaza_database_connections / plaza_database_connections_limit)' },
      },
      { title: 'Size of databases', unit: 'bytes', lines: { '{{database}}': 'max by (database) (plaza_database_size_bytes)' } },
      {
        title: 'Replicas behind',
        unit: 'bytes',
        lines: { '{{database}}': 'max by (database) (plaza_database_replica_lag_bytes)' },
      },
      {
        title: 'Replicas behind',
        unit: 's',
        limit: 10,
        lines: { '{{database}}': 'max by (database) (plaza_database_replica_lag_seconds)' },
      },
    ],
  },
  {
    file: 'processes.json',
    title: 'Plaza: processes',
    panels: [
      { title: 'Cores in use', unit: 'short', lines: { '{{instance}}': 'rate(process_cpu_seconds_total[$__rate_interval])' } },
      { title: 'Memory', unit: 'bytes', lines: { '{{instance}}': 'process_resident_memory_bytes' } },
      { title: 'Heap', unit: 'bytes', lines: { '{{instance}}': 'nodejs_heap_size_used_bytes' } },
      { title: 'Lag of the event loop, p99', unit: 's', limit: 0.25, lines: { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds' } },
      {
        title: 'Garbage collection',
        unit: 'percentunit',
        lines: { '{{instance}} {{kind}}': rate('nodejs_gc_duration_seconds_sum', 'instance, kind') },
      },
      { title: 'Disk left', unit: 'percentunit', lines: { '{{instance}}': 'plaza_disk_free_bytes / plaza_disk_size_bytes' } },
    ],
  },
];

const [COLUMNS, WIDTH, HEIGHT] = [24, 8, 8];

/** Grafana's JSON of each dashboard, by file name. The data source is a variable: whichever Prometheus the reader has. */
export function dashboardFiles(): ReadonlyMap<string, string> {
  return new Map(DASHBOARDS.map((dashboard) => [dashboard.file, `${JSON.stringify(grafana(dashboard), null, 2)}\n`]));
}

function grafana({ file, title, panels }: Dashboard): unknown {
  return {
    uid: `plaza-${file.replace('.json', '')}`,
    title,
    tags: ['plaza'],
    timezone: 'browser',
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    schemaVersion: 39,
    templating: { list: [{ name: 'source', label: 'Source', type: 'datasource', query: 'prometheus' }] },
    panels: panels.map((panel, i) => graph(panel, i)),
  };
}

function graph({ title, unit, lines, limit }: Panel, i: number): unknown {
  const place = { x: (i * WIDTH) % COLUMNS, y: Math.floor((i * WIDTH) / COLUMNS) * HEIGHT, w: WIDTH, h: HEIGHT };
  const red = limit === undefined ? [] : [{ color: 'red', value: limit }];
  return {
    id: i + 1,
    type: 'timeseries',
    title,
    gridPos: place,
    datasource: { type: 'prometheus', uid: '${source}' },
    fieldConfig: {
      defaults: {
        unit,
        min: 0,
        custom: { thresholdsStyle: { mode: limit === undefined ? 'off' : 'line' } },
        thresholds: { mode: 'absolute', steps: [{ color: 'green', value: null }, ...red] },
      },
      overrides: [],
    },
    targets: Object.entries(lines).map(([legendFormat, expr], n) => ({ refId: String.fromCodePoint(65 + n), expr, legendFormat })),
  };
}
