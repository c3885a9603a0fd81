// Where the pop-up comes back to: hands the answer to the window that opened it, and closes.
msalRedirectBridge.broadcastResponseToMainFrame();
