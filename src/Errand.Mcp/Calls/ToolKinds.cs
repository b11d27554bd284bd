using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Server;

namespace Errand.Mcp;

/// <summary>
/// The deferrable tools of this host, as kinds of job. Those that are registered as services are known from the start, so that calls of an
/// earlier life can be run again; others once they are called.
/// </summary>
internal sealed class ToolKinds : IJobKindSource
{
    private readonly ConcurrentDictionary<string, DeferrableTool> _byKind = new(StringComparer.Ordinal);
    // Hosts without sessions may make their tools anew for each request.
    private readonly ConditionalWeakTable<McpServerTool, Entry> _byTool = [];
    private readonly IServiceProvider _services;
    private readonly ErrandMcpOptions _options;
    private readonly Lazy<bool> _registered;

    public ToolKinds(IServiceProvider services, IOptions<ErrandMcpOptions> options)
    {
        _services = services;
        _options = options.Value;
        _registered = new(AddRegistered);
    }

    public IReadOnlyCollection<string> Names => _registered.Value ? (IReadOnlyCollection<string>)_byKind.Keys : [];

    public JobKind? Find(string name) => _registered.Value && _byKind.TryGetValue(name, out var tool) ? tool.Kind : null;

    /// <summary>The deferrable tool of a kind.</summary>
    public DeferrableTool? OfKind(string kind) => _registered.Value && _byKind.TryGetValue(kind, out var tool) ? tool : null;

    /// <summary>A tool as a deferrable one; none where its calls always wait to the end.</summary>
    public DeferrableTool? Of(McpServerTool tool) => _byTool.TryGetValue(tool, out var known) ? known.Tool : Add(tool);

    private bool AddRegistered()
    {
        foreach (var tool in _services.GetServices<McpServerTool>()) Of(tool);
        return true;
    }

    private DeferrableTool? Add(McpServerTool tool)
    {
        // Wrapped tools and those made anew for each server are one kind: the latest is as good as any.
        DeferrableTool? made = ErrandToolAlias.Unwrap(tool) is null && ToolPolicy.Of(tool.ProtocolTool.Name, tool.Metadata, _options) is { } policy
            ? new(tool, policy, deferrable => new ToolRerun(deferrable, _services))
            : null;
        if (made is not null) made = _byKind.GetOrAdd(made.Kind.Name, made);
        _byTool.AddOrUpdate(tool, new(made));
        return made;
    }

    private sealed record Entry(DeferrableTool? Tool);
}
