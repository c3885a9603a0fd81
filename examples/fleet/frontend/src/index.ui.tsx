// Made once by fabgen for you to edit; later changes of fabgen.yaml are merged into it.

import {
  createWorkloadClient,
  type InitParams,
} from "@ms-fabric/workload-client";

import { startUi } from "./host/startUi";
import { readSettings } from "./settings";

/** Starts a frame with pages. Add pages of your own by their paths, and actions that frames answer. */
export async function initialize(params: InitParams): Promise<void> {
  await startUi({
    client: createWorkloadClient(),
    settings: readSettings(import.meta.env),
    params,
    pages: {},
    actions: () => ({}),
  });
}
