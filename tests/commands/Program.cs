using Errand.Commands.Tests.Worker;
using Xunit.Runner.InProc.SystemConsole;

return args is ["worker", var folder] ? await CommandWorker.RunAsync(folder) : await ConsoleRunner.Run(args);
