import { playMany } from './campaign.ts';

// Plays what it is told to, a message a piece, until its parent has no more.
process.on('message', (message: unknown) => {
  const histories = Number(Reflect.get(Object(message), 'histories'));
  const seed = Number(Reflect.get(Object(message), 'seed'));
  playMany(histories, seed).then(
    (sum) => process.send?.(sum),
    (thrown: unknown) => {
      process.stderr.write(`seed ${seed}: ${String(thrown)}\n`);
      process.exit(1);
    },
  );
});
