import type { Logger } from '@plaza/telemetry/logger';
import type { RateLimit } from '../limits/limits.js';
import type { Engine } from './engine.js';
import { PlazaEngine } from './plaza/plaza-engine.js';

/** The engines that GATEWAY_ENGINE may name. */
export const ENGINE_NAMES = ['plaza', 'apollo'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export interface EngineOptions {
  readonly supergraphSdl: string;
  readonly logger: Logger;
  /** New plans for one client; as many as it likes without it. Of the engine `plaza`. */
  readonly newPlans?: RateLimit | undefined;
  /** Where the engine `plaza` makes plans: on a thread of its own, or, where nobody means harm and a start has to be quick, on this one. Default: aside. */
  readonly planning?: 'aside' | 'here' | undefined;
  /** Where the engine `plaza` keeps plans of trusted documents from one start to the next; nowhere without it. */
  readonly plansFolder?: string | undefined;
}

/** Starts the engine of that name. @throws Error when the supergraph cannot be loaded */
export async function createEngine(name: EngineName, options: EngineOptions): Promise<Engine> {
  switch (name) {
    case 'apollo': {
      // Half of all that a gateway loads, and seldom wanted.
      const { ApolloEngine } = await import('./apollo/apollo-engine.js');
      return ApolloEngine.start(options);
    }
    case 'plaza':
      return PlazaEngine.start(options);
  }
}
