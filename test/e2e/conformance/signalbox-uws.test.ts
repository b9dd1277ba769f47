import { signalboxConforms } from './signalbox.ts';

signalboxConforms('uws', 'Signalbox, uWebSockets.js');
