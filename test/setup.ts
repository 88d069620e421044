import fc from 'fast-check';

// The same generated cases at every run, so that a failure is one of the change at hand.
fc.configureGlobal({ seed: 20261124 });
