import { signalboxConforms } from './signalbox.ts';

signalboxConforms('node', 'Signalbox, `node:http` and `ws`');
