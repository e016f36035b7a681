/** A colour of the terminal. */
export type Colour = 'red' | 'yellow';

/** One column of a table. */
export interface Column<Row> {
  readonly heading: string;
  /** What stands in it; whatever could steer a terminal is escaped afterwards. */
  readonly cell: (row: Row) => string;
  /** The same in less room, for a table that is too wide. */
  readonly brief?: (row: Row) => string;
  readonly align?: 'right';
  readonly colour?: (row: Row) => Colour | undefined;
  /** Belongs to the column before it, and follows it without a gap. */
  readonly joined?: true;
  /** Where the table is too wide, columns are left out in the order of these numbers; those without one stay. */
  readonly leftOut?: number;
  /** Its texts are shortened in the middle where the table is too wide. */
  readonly shortened?: true;
}
