/** An error that the other side answered with. */
export class BusFault extends Error {
  override readonly name = 'BusFault';
  /** As in `org.freedesktop.systemd1.NoSuchUnit`. */
  readonly errorName: string;

  constructor(errorName: string, message: string, options?: ErrorOptions) {
    super(message, options);
    this.errorName = errorName;
  }
}
