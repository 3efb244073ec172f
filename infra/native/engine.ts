/** The engines that the runner knows, in the order in which they start. */
export const ENGINE_NAMES = ['redis', 'minio', 'kafka', 'opensearch', 'postgres'] as const;
export type EngineName = (typeof ENGINE_NAMES)[number];

/** Says what is missing or broken in one line, for whoever ran the command. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

/** Where one engine lives and what was decided for it at its first start. */
export interface Place {
  /** Absolute, only for this user: `program`, `data`, `log`, `daemon.json`. */
  readonly folder: string;
  /** Its ports on 127.0.0.1, as many as it asked for; the same at every start. */
  readonly ports: readonly number[];
  /** 32 hexadecimal digits, made at the first start. */
  readonly password: string;
}

/** One engine without Docker: from a package registry, as this user, on this machine's own address. */
export interface Engine {
  readonly name: EngineName;
  /** How many ports it listens on. */
  readonly portCount: number;
  /**
   * Brings the program; nothing to do where it is there already.
   * @throws EngineError for a toolchain that is missing.
   */
  install(place: Place, at: (detail: string) => void): Promise<void>;
  /** Resolves when it answers; nothing to do where it runs already. @throws EngineError with its last words. */
  start(place: Place, at: (detail: string) => void): Promise<void>;
  /** What was written is kept; nothing to do where it does not run. */
  stop(place: Place): Promise<void>;
  isRunning(place: Place): Promise<boolean>;
  /** What runs, in words. */
  version(place: Place): Promise<string>;
  /** The variables that lead Plaza and its contract tests there. */
  variables(place: Place): Readonly<Record<string, string>>;
}
