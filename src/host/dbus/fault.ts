/** An error that the other side answered with. */
export class BusFault extends Error {
  override readonly name = 'BusFault';
  /** As in `org.freedesktop.systemd1.NoSuchUnit`. */
  readonly errorName: string;
  /** Whether it is the bus that answers, in place of who was asked; what others pass on may have the same name. */
  readonly isFromBusDriver: boolean;

  constructor(errorName: string, message: string, sender = '') {
    super(message);
    this.errorName = errorName;
    this.isFromBusDriver = sender === 'org.freedesktop.DBus';
  }
}
