using System.Text;
using Microsoft.Extensions.DependencyInjection;

namespace Errand.Commands.Tests;

/// <summary>A test with a host that runs commands in a folder of its own; after it no process of theirs is left.</summary>
public abstract class CommandTest : IAsyncLifetime
{
    private CommandHost? _host;

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    private protected string Folder { get; } = Directory.CreateTempSubdirectory("errand-").FullName;

    private protected IJobClient Jobs => _host!.Jobs;

    private protected ICommandClient Commands => _host!.Services.GetRequiredService<ICommandClient>();

    public async ValueTask InitializeAsync() => _host = await CommandHost.StartAsync(Folder, Configure, Build);

    public async ValueTask DisposeAsync()
    {
        var live = (await Jobs.ListAsync(new(), CancellationToken.None)).Items.Where(job => !job.IsTerminal).ToList();
        foreach (var job in live) await Jobs.KillAsync(job.Id, "the test's end", CancellationToken.None);
        foreach (var job in live) await Jobs.WaitAsync(job.Id, new() { Timeout = TimeSpan.FromSeconds(20) }, CancellationToken.None);
        await _host!.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected virtual void Configure(CommandOptions options) { }

    private protected virtual void Build(ErrandBuilder errand) { }

    private protected string PathOf(string name) => Path.Combine(Folder, name);

    private protected Task<Job> RunAsync(string line, JobLimits? limits = null) => RunAsync(Command.Line(line), limits);

    private protected async Task<Job> RunAsync(Command command, JobLimits? limits = null) => await EndOfAsync((await SubmitAsync(command, limits)).Id);

    private protected Task<Job> SubmitAsync(string line, JobLimits? limits = null) => SubmitAsync(Command.Line(line), limits);

    private protected async Task<Job> SubmitAsync(Command command, JobLimits? limits = null) =>
        await Jobs.SubmitAsync(command.ToSpec() with { Limits = limits }, Token);

    /// <summary>Starts a command, and waits until it has made a file.</summary>
    private protected async Task<Job> BeginAsync(string line, JobLimits? limits = null)
    {
        string begun = PathOf(Path.GetRandomFileName());
        var job = await SubmitAsync($"touch {begun}; {line}", limits);
        await Wait.ForAsync(() => File.Exists(begun));
        return job;
    }

    private protected async Task<Job> EndOfAsync(JobId id)
    {
        var news = await Jobs.WaitAsync(id, new() { Timeout = TimeSpan.FromMinutes(5) }, Token);
        Assert.True(news.Job.IsTerminal, $"It does not end: {news.Job.Phase}");
        return news.Job;
    }

    private protected async Task<byte[]> ReadAsync(JobId id, OutputStream? stream = null)
    {
        var bytes = new MemoryStream();
        for (long offset = 0; ;)
        {
            var slice = await Jobs.ReadOutputAsync(id, new OutputRange { Offset = offset, Stream = stream, MaxBytes = 1 << 20 }, Token);
            foreach (var chunk in slice.Chunks) bytes.Write(chunk.Bytes.Span);
            if (slice.AtEnd) return bytes.ToArray();
            offset = slice.NextOffset;
        }
    }

    private protected async Task<string> ReadTextAsync(JobId id) => Encoding.UTF8.GetString(await ReadAsync(id));

    private protected static CommandResult ResultOf(Job job) => job.CommandResult() ?? throw new InvalidOperationException($"No result: {job.Outcome}");

    /// <summary>The processes of this machine whose arguments have a tag.</summary>
    private protected static IReadOnlyList<int> Tagged(string tag) => Processes.Tagged.Find(tag, Environment.ProcessId);
}
