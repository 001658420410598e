/// <reference types="vite/client" />
/// <reference lib="webworker" />
