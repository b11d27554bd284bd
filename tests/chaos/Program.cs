using Errand.Chaos.Tests.Worker;
using Xunit.Runner.InProc.SystemConsole;

return args is ["worker", var settings] ? await ChaosWorker.RunAsync(settings) : await ConsoleRunner.Run(args);
