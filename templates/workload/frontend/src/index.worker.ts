// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

import {
  createWorkloadClient,
  type InitParams,
} from "@ms-fabric/workload-client";

import { startWorker } from "./host/startWorker";
import { readSettings } from "./settings";

/** Starts the worker. Add actions that the manifest names and that are not generated. */
export async function initialize(_params: InitParams): Promise<void> {
  await startWorker({
    client: createWorkloadClient(),
    settings: readSettings(import.meta.env),
    actions: () => ({}),
  });
}
