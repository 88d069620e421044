import fc from 'fast-check';
import '../src/compose/resolve-quickly.ts';

// The same generated cases at every run, so that a failure is one of the change at hand.
fc.configureGlobal({ seed: 20261124 });
