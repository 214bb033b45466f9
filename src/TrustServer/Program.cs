return await TrustService.Server.TrustServerApp.RunAsync(args);
