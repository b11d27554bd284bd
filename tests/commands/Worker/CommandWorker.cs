using System.Globalization;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Commands.Tests.Worker;

/// <summary>
/// A server that the suite kills: it submits and calls what it is told on its standard input, a command a line, and says what it hears of them.
/// </summary>
internal static class CommandWorker
{
    private static readonly Lock Speaking = new();

    public static async Task<int> RunAsync(string folder)
    {
        using var host = CommandHost.Build(folder);
        await host.StartAsync();
        var jobs = host.Services.GetRequiredService<IJobClient>();
        Say("ready");
        while (await Console.In.ReadLineAsync() is { } line && line != "stop")
        {
            string[] words = line.Split(' ', 4);
            var spec = new JobSpec("command", JobData.Parse(words[3])) { Title = words[1], Key = words[0] == "submit" ? words[1] : null };
            if (words[0] == "submit") Say($"stored {spec.Title} {(await jobs.SubmitAsync(spec)).Id}");
            else _ = CallAsync(jobs, spec, TimeSpan.FromMilliseconds(int.Parse(words[2], CultureInfo.InvariantCulture)));
        }
        await host.StopAsync();
        Say("stopped");
        return 0;
    }

    private static async Task CallAsync(IJobClient jobs, JobSpec spec, TimeSpan patience)
    {
        try
        {
            var result = await jobs.CallAsync(spec, new CallOptions { AsyncTimeout = patience, OnAbandon = OnAbandon.Promote });
            Say(result.Job is { } job ? $"promoted {spec.Title} {job.Id}" : $"answered {spec.Title} {result.Outcome!.ExitCode}");
        }
        catch (JobException e) { Say($"refused {spec.Title} {e.Message}"); }
    }

    private static void Say(string line)
    {
        lock (Speaking)
        {
            Console.Out.WriteLine(line);
            Console.Out.Flush();
        }
    }
}
