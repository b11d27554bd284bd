using Errand.Cli;

return await new ErrandCli(new CliEdges()).RunAsync(args);
