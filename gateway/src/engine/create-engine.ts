import type { Logger } from '@plaza/telemetry/logger';
import { ApolloEngine } from './apollo/apollo-engine.js';
import type { Engine } from './engine.js';
import { PlazaEngine } from './plaza/plaza-engine.js';

/** The engines that GATEWAY_ENGINE may name. */
export const ENGINE_NAMES = ['apollo', 'plaza'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

export interface EngineOptions {
  readonly supergraphSdl: string;
  readonly logger: Logger;
}

/** Starts the engine of that name. @throws Error when the supergraph cannot be loaded */
export async function createEngine(name: EngineName, options: EngineOptions): Promise<Engine> {
  switch (name) {
    case 'apollo':
      return ApolloEngine.start(options);
    case 'plaza':
      return PlazaEngine.start(options);
  }
}
