/** The watch room: committed rows become patches for everybody who watches. */
export type { Publisher, Watch, WatchSocket } from './contract.ts';
export { createWatch, readTopic, type WatchOptions } from './watch.ts';
export { createConsoleBoard, type ConsoleBoard } from './console-board.ts';
export type { PresenceSource } from './view.ts';
