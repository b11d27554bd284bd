using System.Globalization;
using System.Text;
using Errand.Commands.Tests.Worker;

namespace Errand.Commands.Tests.Outliving;

/// <summary>Servers are killed at random moments while commands write; nothing of what the commands do is lost, doubled or told wrongly.</summary>
public sealed class KillStormTests
{
    private const int Commands = 50;
    private const int Lines = 20;
    private static readonly bool IsLong = Environment.GetEnvironmentVariable("ERRAND_LONG") == "1";
    private static readonly int Kills = IsLong ? 200 : 10;
    private readonly string _folder = Directory.CreateTempSubdirectory("errand-storm-").FullName;

    [Fact(Timeout = 900_000)]
    public async Task B_38_fifty_commands_outlive_the_servers_that_are_killed_under_them()
    {
        var random = new Random(Seeds.New());
        var heard = new List<string>();
        int begun = 0;
        for (int kill = 0; kill < Kills; kill++)
        {
            await using var server = await WorkerProcess.StartAsync(_folder);
            int until = Math.Min(Commands * (IsLong ? 20 : 1), (kill + 1) * (IsLong ? 5 : 8));
            for (; begun < until; begun++) server.Say(LineOf(begun));
            await Task.Delay(random.Next(100, 1500), TestContext.Current.CancellationToken);
            await server.KillAsync();
            heard.AddRange(server.Said);
            // Some commands end while nobody is there.
            if (kill % 3 == 0) await Task.Delay(random.Next(200, 800), TestContext.Current.CancellationToken);
        }
        await using var last = await CommandHost.StartAsync(_folder);
        int found = 0, calls = 0;
        for (int number = 0; number < begun; number++)
        {
            if (!await CheckAsync(last.Jobs, number, heard)) continue;
            found++;
            if (IsCall(number)) calls++;
        }
        TestContext.Current.TestOutputHelper?.WriteLine($"{Kills} kills, {begun} commands; found as jobs: {found}, of them calls that nobody had stored: {calls}");
        Assert.True(calls > 0, "No call was inside its caller's patience when its server was killed.");
    }

    // Of one length, so that none is a part of another's.
    private static string TitleOf(int number) => string.Create(CultureInfo.InvariantCulture, $"n{number:00000}");

    private static bool IsCall(int number) => number % 3 == 0;

    private string SideOf(int number) => Path.Combine(_folder, $"side.{number}");

    // Every line twice: into the log, and into a file of its own, which shows whether the command ran more than once.
    private string LineOf(int number)
    {
        string script = $"""
            i=0
            while [ $i -lt {Lines} ]; do i=$((i+1)); echo {number} $i; echo {number} $i >>{SideOf(number)}; sleep 0.{1 + (number % 4)}; done
            exit {number % 5}
            """;
        string input = $$"""{"command":{{System.Text.Json.JsonSerializer.Serialize(script)}}}""";
        return string.Create(CultureInfo.InvariantCulture, $"{(IsCall(number) ? "call" : "submit")} {TitleOf(number)} 60000 {input}");
    }

    /// <returns>Whether the command is a job.</returns>
    private async Task<bool> CheckAsync(IJobClient jobs, int number, List<string> heard)
    {
        var token = TestContext.Current.CancellationToken;
        string title = TitleOf(number);
        var found = (await jobs.ListAsync(new() { Text = title }, token)).Items.Where(job => job.Spec.Title == title).ToList();
        string wanted = string.Concat(Enumerable.Range(1, Lines).Select(line => $"{number} {line}\n"));
        if (found.Count == 0)
        {
            // Its server was killed before it heard of the command, or had answered its caller before.
            bool answered = heard.Contains($"answered {title} {number % 5}");
            string side = File.Exists(SideOf(number)) ? await File.ReadAllTextAsync(SideOf(number), token) : "";
            Assert.True(answered ? side == wanted : side.Length == 0 || (side == wanted && IsCall(number)), $"Command {number} is lost; it wrote: {side}");
            return false;
        }
        var job = Assert.Single(found);
        var end = (await jobs.WaitAsync(job.Id, new() { Timeout = TimeSpan.FromMinutes(1) }, token)).Job;
        Assert.True(end.IsTerminal, $"Command {number} does not end: {end.Phase}");
        Assert.True(end.Outcome!.ExitCode == number % 5, $"Command {number}: {end.Outcome}");
        Assert.Equal(wanted, await File.ReadAllTextAsync(SideOf(number), token));
        Assert.Equal(wanted, await ReadAsync(jobs, job.Id, token));
        return true;
    }

    private static async Task<string> ReadAsync(IJobClient jobs, JobId id, CancellationToken token)
    {
        var text = new StringBuilder();
        long offset = 0;
        while (true)
        {
            var slice = await jobs.ReadOutputAsync(id, new OutputRange { Offset = offset }, token);
            foreach (var chunk in slice.Chunks) text.Append(Encoding.UTF8.GetString(chunk.Bytes.Span));
            if (slice.AtEnd) return text.ToString();
            offset = slice.NextOffset;
        }
    }
}
