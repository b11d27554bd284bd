using System.CommandLine;
using System.Net;
using System.Text.Json;

namespace Errand.Cli;

/// <summary>Starts the server.</summary>
internal sealed class UpCommand : CliCommand
{
    public const string DefaultUrl = "http://127.0.0.1:7433";
    public const string DetachedName = "--detached";
    public const string UrlsName = "--urls";
    public const string StoreName = "--store";

    private readonly Option<string> _urls = new(UrlsName)
    {
        Description = "Where to listen, on this machine only; port 0 takes a free one.", HelpName = "URL", DefaultValueFactory = _ => DefaultUrl,
    };

    private readonly Option<string> _store =
        new(StoreName) { Description = "Where to keep jobs: sqlite or memory.", DefaultValueFactory = _ => ServerHost.Sqlite };
    private readonly Option<bool> _background = new("--background") { Description = "Go to the background once the server is ready." };
    private readonly Option<bool> _detached = new(DetachedName) { Hidden = true };

    public UpCommand(CliEdges edges) : base("up", "Start the server. Prints 'ready URL' and stays, unless --background is given.", edges)
    {
        _store.AcceptOnlyFromAmong(ServerHost.Sqlite, ServerHost.Memory);
        _urls.Validators.Add(result =>
        {
            foreach (string url in result.GetValueOrDefault<string>().Split(';'))
                if (ProblemOf(url) is { } problem) result.AddError(problem);
        });
        foreach (Option option in (Option[])[_urls, _store, _background, _detached]) Options.Add(option);
    }

    protected override async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var folder = parsed.DataFolder();
        var (urls, store) = (parsed.GetValue(_urls)!, parsed.GetValue(_store)!);
        if (parsed.GetValue(_background))
        {
            using var server = await ServerLauncher.StartAsync(folder, urls, store, Edges, cancellationToken);
            await AnnounceAsync(Edges.Out, await StatusCommand.OfAsync(server, cancellationToken), parsed.IsJson());
            return ExitCodes.Ok;
        }
        var host = new ServerHost(folder, urls, store);
        if (!parsed.GetValue(_detached)) return await host.RunAsync(status => AnnounceAsync(Edges.Out, status, parsed.IsJson()));
        folder.Create();
        var starter = Detachment.Begin(folder.Log);
        return await host.RunAsync(async status =>
        {
            await using var told = new StreamWriter(starter);
            await AnnounceAsync(told, status, json: false);
        });
    }

    private static Task AnnounceAsync(TextWriter to, ServerStatus status, bool json) =>
        to.WriteLineAsync(json ? JsonSerializer.Serialize(status, CliJson.Default.ServerStatus) : $"ready {status.Url}");

    private static string? ProblemOf(string text) =>
        !Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme != Uri.UriSchemeHttp ? $"'{text}' is not an address such as {DefaultUrl}."
        : url.Host != "localhost" && !(IPAddress.TryParse(url.Host, out var address) && IPAddress.IsLoopback(address))
            ? $"'{text}' can be reached from other machines. The server listens on this one only; use 127.0.0.1, and a tunnel from elsewhere."
        : null;
}
