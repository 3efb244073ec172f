import type { Logger } from '@plaza/telemetry/logger';
import { ApolloEngine } from './apollo/apollo-engine.js';
import type { Engine } from './engine.js';

/** The engines that GATEWAY_ENGINE may name. */
export const ENGINE_NAMES = ['apollo'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export interface EngineOptions {
  readonly supergraphSdl: string;
  readonly logger: Logger;
}

/** Starts the engine of that name. @throws Error when the supergraph cannot be loaded */
export function createEngine(name: EngineName, options: EngineOptions): Promise<Engine> {
  switch (name) {
    case 'apollo':
      return ApolloEngine.start(options);
  }
}
