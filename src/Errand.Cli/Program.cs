using Errand.Cli;

return await new ErrandCli(CliEdges.Process).RunAsync(args);
