import { randomUUID } from 'node:crypto';
import { kafkaClient } from '@plaza/events/kafka/client';
import { readKafka } from '@plaza/events/kafka/variables';
import { daemonPid } from '@plaza/native/daemon';
import type { Place } from '@plaza/native/engine';
import { ENGINES } from '@plaza/native/engines';
import { Places } from '@plaza/native/places';
import { createClient } from 'redis';
import { signal } from './machine.js';

/** Engines that Plaza goes on without. */
export const LOSABLE = ['redis', 'kafka', 'opensearch', 'minio'] as const;
export type Losable = (typeof LOSABLE)[number];

/**
 * The real engines on which a trial stands: those of its schedule, as `npm run infra:up` has started them in PLAZA_DATA_DIR. No two trials at once: they
 * would lose them together.
 */
export class Engines {
  readonly #places: ReadonlyMap<Losable, Place>;

  private constructor(places: ReadonlyMap<Losable, Place>) {
    this.#places = places;
  }

  /** @throws Error naming the first that does not run */
  static async open(names: readonly Losable[]): Promise<Engines> {
    const home = process.env['PLAZA_DATA_DIR'] ?? '.plaza';
    const places = await Places.open(home);
    const found = new Map<Losable, Place>();
    for (const name of names) {
      const place = places.known(name);
      if (place === undefined || !(await ENGINES[name].isRunning(place))) {
        throw new Error(`${name} does not run in ${home}: npm run infra:up -- --only ${names.join(',')}`);
      }
      found.set(name, place);
    }
    return new Engines(found);
  }

  /** Whether it stands on that one. */
  has(name: Losable): boolean {
    return this.#places.has(name);
  }

  /** What leads a Plaza there, which shares nothing there with any other. */
  variables(): Readonly<Record<string, string>> {
    const own = `fault-${randomUUID().slice(0, 8)}`;
    const addresses = [...this.#places].map(([name, place]) => ENGINES[name].variables(place));
    return { ...Object.assign({}, ...addresses), KAFKA_PREFIX: own, OPENSEARCH_INDEX: own, S3_BUCKET: own };
  }

  /** kill -9. @returns whether it ran */
  async kill(name: Losable): Promise<boolean> {
    return this.#signal(name, 'SIGKILL');
  }

  /** @returns whether it ran */
  async hang(name: Losable): Promise<boolean> {
    return this.#signal(name, 'SIGSTOP');
  }

  /** It answers again, with what it held. */
  async bringBack(name: Losable): Promise<void> {
    await this.#signal(name, 'SIGCONT');
    await ENGINES[name].start(this.#placeOf(name), () => {});
  }

  /** Redis forgets everything. */
  async flush(): Promise<void> {
    const { REDIS_URL: url = '' } = ENGINES.redis.variables(this.#placeOf('redis'));
    const client = createClient({ url });
    await client.connect();
    await client.flushAll();
    await client.close();
  }

  /** What search has kept under a name is gone. @returns whether there was any */
  async deleteIndexes(name: string): Promise<boolean> {
    const { OPENSEARCH_URL: url = '' } = ENGINES.opensearch.variables(this.#placeOf('opensearch'));
    const listed = await fetch(`${url}/_cat/indices/${name}-*?h=index`);
    const names = (await listed.text()).split('\n').filter((one) => one !== '');
    for (const one of names) await fetch(`${url}/${one}`, { method: 'DELETE' });
    return names.length > 0;
  }

  /** The topics of a Plaza are gone, with what was in them. @returns whether there were any */
  async deleteTopics(prefix: string): Promise<boolean> {
    const cluster = readKafka(ENGINES.kafka.variables(this.#placeOf('kafka')));
    if (cluster === undefined) return false;
    const admin = kafkaClient(cluster).admin();
    await admin.connect();
    try {
      const topics = (await admin.listTopics()).filter((topic) => topic.startsWith(`${prefix}.`));
      if (topics.length > 0) await admin.deleteTopics({ topics });
      return topics.length > 0;
    } finally {
      await admin.disconnect();
    }
  }

  async #signal(name: Losable, what: NodeJS.Signals): Promise<boolean> {
    return signal((await daemonPid(this.#placeOf(name).folder)) ?? 0, what);
  }

  #placeOf(name: Losable): Place {
    const place = this.#places.get(name);
    if (place === undefined) throw new Error(`${name} has no place`);
    return place;
  }
}
