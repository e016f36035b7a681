/** What the page is told to draw; the server puts it at /job.json. */
export interface Job {
  readonly title: string;
  readonly theme: 'dark' | 'light';
  /** Unix seconds. */
  readonly window: { readonly start: number; readonly end: number; readonly step: number };
  /** Classic dashboard JSON, variables filled in. */
  readonly panels: readonly PanelJson[];
}

/** What is read of a panel's JSON. */
export interface PanelJson {
  readonly id: number;
  /** The smallest distance of its points, as in `1m`. */
  readonly interval?: string;
  readonly type: string;
  readonly title: string;
  readonly description?: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly TargetJson[];
  readonly transformations?: readonly { readonly id: string; readonly options: object }[];
  readonly fieldConfig?: {
    readonly defaults: Readonly<Record<string, unknown>>;
    readonly overrides: readonly OverrideJson[];
  };
  readonly options?: Readonly<Record<string, unknown>>;
}

/** A question of a panel. */
export interface TargetJson {
  readonly refId: string;
  readonly expr: string;
  readonly instant?: boolean;
  readonly format?: string;
  readonly legendFormat?: string;
}

/** What is different for some fields of a panel. */
export interface OverrideJson {
  readonly matcher: { readonly id: string; readonly options?: string };
  readonly properties: readonly { readonly id: string; readonly value?: unknown }[];
}
