// `@planguard/web/react`: the plan and logins as hooks.

import type {
  EffectiveLimit, Feature, FeatureContext, FeatureDecision, LimitId, LoginResult, Plan, Planguard,
} from '@planguard/web';
import {
  type ReactElement, type ReactNode, createContext, createElement, useCallback, useContext, useEffect, useMemo, useRef, useState,
  useSyncExternalStore,
} from 'react';
import { type LoginState, LoginStore } from './react/login.js';

export type { LoginState } from './react/login.js';

const Context = createContext<Planguard | undefined>(undefined);

export interface GuardProviderProps {
  /** The app's guard; `undefined` as long as it is being opened, and on a server. */
  readonly guard: Planguard | undefined;
  readonly children?: ReactNode;
}

/** Gives the hooks below it their guard. It neither opens nor shuts one down. */
export function GuardProvider({ guard, children }: GuardProviderProps): ReactElement {
  return createElement(Context.Provider, { value: guard }, children);
}

/** The guard; `undefined` as long as there is none. */
export function useGuard(): Planguard | undefined {
  return useContext(Context);
}

/** The plan as a store: one object until something in it changes. */
function usePlan(guard: Planguard | undefined): Plan | undefined {
  const subscribe = useCallback((changed: () => void) => opened(guard)?.onPlan(changed) ?? nothing, [guard]);
  const plan = useCallback(() => opened(guard)?.plan, [guard]);
  return useSyncExternalStore(subscribe, plan, nothing);
}

/** A guard that was shut down is none. */
const opened = (guard: Planguard | undefined): Planguard | undefined => (guard?.isShutDown ? undefined : guard);

/** What a server renders, and the browser's first render with it: the plan of another machine would not match. */
const nothing = (): undefined => undefined;

/**
 * Whether the plan has a feature; with a context, also whether its conditions hold there. `undefined` as long as there
 * is no guard, on a server and while a server's page is hydrated.
 */
export function useFeature(feature: Feature, context?: FeatureContext): FeatureDecision | undefined {
  const guard = useGuard();
  const plan = usePlan(guard);
  const where = context && JSON.stringify(context);
  return useMemo(() => {
    if (guard === undefined || plan === undefined) return undefined;
    return where === undefined ? guard.feature(feature) : guard.featureIn(feature, JSON.parse(where) as FeatureContext);
  }, [guard, plan, feature, where]);
}

/** A limit that is known, and by whose word; `undefined` also as long as there is no guard. */
export function useLimit(limit: LimitId): EffectiveLimit | undefined {
  return usePlan(useGuard())?.limit.get(limit);
}

/** What `useLogin` gives. */
export interface UseLogin<A extends unknown[], T> {
  /** Where the login stands that was asked for last. */
  readonly state: LoginState<T>;
  /** Logs in. The promise never rejects: a failure is the state `failed`. The function stays the same. */
  readonly login: (...args: A) => Promise<LoginState<T>>;
  /** Back to `idle`. A login that runs is carried through. */
  readonly reset: () => void;
}

/**
 * Logs in through `log` and says where that stands. A login outlives the component: what the effects of strict mode or
 * other components ask for meanwhile joins it.
 */
export function useLogin<A extends unknown[], T>(
  log: (guard: Planguard, ...args: A) => Promise<LoginResult<T>>,
): UseLogin<A, T> {
  const guard = useGuard();
  const [store] = useState(() => new LoginStore<T>());
  const latest = useRef({ guard, log });
  useEffect(() => {
    latest.current = { guard, log };
  });
  const state = useSyncExternalStore(store.subscribe, store.state, LoginStore.idle);
  const login = useCallback((...args: A) => {
    const { guard, log } = latest.current;
    return store.run(async () => {
      if (guard === undefined) throw new Error('there is no guard yet: pass one to GuardProvider');
      return log(guard, ...args);
    });
  }, [store]);
  return { state, login, reset: store.reset };
}
