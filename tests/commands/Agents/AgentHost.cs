using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Errand.Commands.Tests.Agents;

/// <summary>Errand in this process with agents that are played by a script, and a folder of its own.</summary>
internal sealed class AgentHost : IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private bool _left;

    private AgentHost(string folder, Action<AgentOptions>? configure, Action<ErrandBuilder>? build, Action<CommandOptions>? commands)
    {
        Folder = folder;
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Warning));
        services.AddSingleton<TimeProvider>(Time);
        var errand = services.AddErrand().UseOutputFolder(Path.Combine(Folder, "jobs"));
        errand.AddCommands(commands);
        errand.AddAgents(agents =>
        {
            foreach (string name in new[] { "claude", "codex", "gemini" }) agents.Add(Scripted(agents.Profiles[name]));
            agents.Add(AgentProfile.PlainText("text", Fixtures.ScriptedAgent, "text"));
            configure?.Invoke(agents);
        });
        build?.Invoke(errand);
        _services = services.BuildServiceProvider();
        Jobs = _services.GetRequiredService<IJobClient>();
        Agents = _services.GetRequiredService<IAgentClient>();
    }

    public string Folder { get; }

    public JumpingTime Time { get; } = new();

    public IJobClient Jobs { get; }

    public IAgentClient Agents { get; }

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<AgentHost> StartAsync(
        Action<AgentOptions>? configure = null, Action<ErrandBuilder>? build = null, string? folder = null, Action<CommandOptions>? commands = null)
    {
        var host = new AgentHost(folder ?? Directory.CreateTempSubdirectory("errand-agents-").FullName, configure, build, commands);
        foreach (var hosted in host._services.GetServices<IHostedService>()) await hosted.StartAsync(Cancel);
        return host;
    }

    /// <summary>The profile with the script in the place of its program; its arguments are those of the real one.</summary>
    public static AgentProfile Scripted(AgentProfile profile) => profile with
    {
        Command = [Fixtures.ScriptedAgent, profile.Name, .. profile.Command.Skip(1)],
        ResumeCommand = profile.Name == "codex"
            ? [Fixtures.ScriptedAgent, "codex", "exec", "--json", "--resume", "{session}", "-"]
            : [Fixtures.ScriptedAgent, profile.Name, .. profile.ResumeCommand!.Skip(1)],
    };

    public string PathOf(string name) => Path.Combine(Folder, name);

    public void Touch(string name) => File.WriteAllText(PathOf(name), "");

    public async Task<Job> BeginAsync(string profile, string prompt, AgentStartOptions? options = null) =>
        await Agents.StartAsync(profile, prompt, options, Cancel);

    public async Task<Job> ContinueAsync(JobId id, string prompt) => await Agents.ContinueAsync(id, prompt, null, Cancel);

    public async Task AnswerAsync(Job job, JobInput question, string answer) =>
        await Jobs.AnswerAsync(job.Id, question.Key, JobData.Parse(answer), "ann", Cancel);

    /// <summary>Starts a task and waits for its end.</summary>
    public async Task<Job> RunAsync(string profile, string prompt, AgentStartOptions? options = null) =>
        await EndAsync(await BeginAsync(profile, prompt, options));

    public async Task<Job> EndAsync(Job job) => (await InTime(Jobs.WaitAsync(job.Id, null, Cancel))).Job;

    /// <summary>Waits until a job is as it should be.</summary>
    public async Task<Job> UntilAsync(JobId id, Func<Job, bool> isThere)
    {
        long version = 0;
        while (true)
        {
            var job = (await InTime(Jobs.WaitAsync(id, new() { AfterVersion = version }, Cancel))).Job;
            if (isThere(job)) return job;
            Assert.False(job.IsTerminal, $"It ended as {job.State}: {job.Outcome?.Error?.Message}");
            version = job.Version;
        }
    }

    public Task<Job> UntilRunningAsync(Job job) => UntilAsync(job.Id, now => now.State == JobState.Running);

    /// <summary>Waits until a file is there, which a scripted agent makes.</summary>
    public Task UntilThereAsync(string name) => UntilAsync(() => Task.FromResult(File.Exists(PathOf(name))));

    /// <summary>Waits until something is so, of which nobody tells.</summary>
    public async Task UntilAsync(Func<Task<bool>> isSo)
    {
        var deadline = DateTime.UtcNow.AddSeconds(60);
        while (!await isSo())
        {
            Assert.True(DateTime.UtcNow < deadline, "It has not come to that within a minute.");
            await Task.Delay(10, Cancel);
        }
    }

    public async Task<string> TranscriptAsync(JobId id)
    {
        List<string> lines = [];
        await foreach (var message in Agents.TranscriptAsync(id, follow: false, Cancel)) lines.Add(message.ToText());
        return string.Join('\n', lines);
    }

    /// <summary>The processes whose command line holds a word.</summary>
    public static IReadOnlyList<int> ProcessesWith(string word)
    {
        List<int> found = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out int id)) continue;
            try
            {
                if (File.ReadAllText($"{folder}/cmdline").Contains(word, StringComparison.Ordinal)) found.Add(id);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // It has gone meanwhile.
            }
        }
        return found;
    }

    /// <summary>Stops the host and leaves what runs, for another one over the same folder.</summary>
    public async Task LeaveAsync()
    {
        _left = true;
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_left) return;
        foreach (string profile in Agents.Profiles) await Agents.StopAllAsync(profile, "the end of the test", force: true);
        foreach (var job in await Agents.ListRunningAsync()) await Jobs.WaitAsync(job.Id);
        foreach (var hosted in _services.GetServices<IHostedService>()) await hosted.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    private static Task<T> InTime<T>(ValueTask<T> task) => task.AsTask().WaitAsync(TimeSpan.FromSeconds(60), Cancel);
}

/// <summary>The clock of the system, whose wall clock a test can move on.</summary>
internal sealed class JumpingTime : TimeProvider
{
    private TimeSpan _ahead;

    public void Jump(TimeSpan by) => _ahead += by;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _ahead;
}
