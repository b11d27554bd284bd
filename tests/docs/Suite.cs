using System.Reflection;
using System.Runtime.Loader;
using System.Xml.Linq;

namespace Errand.Docs.Tests;

/// <summary>A suite of tests: what is in it, and what of it has passed in this run.</summary>
internal sealed class Suite
{
    private static readonly XNamespace Trx = "http://microsoft.com/schemas/VisualStudio/TeamTest/2010";

    private readonly List<Test> _tests;

    private Suite(string project)
    {
        Name = Path.GetFileName(Path.GetDirectoryName(project)!);
        _tests = [.. Discover(project)];

        var results = Path.Combine(Environment.GetEnvironmentVariable("ERRAND_TEST_RESULTS") ?? "", Name, "results.trx");
        if (!File.Exists(results)) return;

        HasRun = true;
        var passed = Passed(XDocument.Load(results));
        _tests.RemoveAll(test => !passed.Contains((test.Class, test.Method)));
    }

    public string Name { get; }

    /// <summary>Whether the suite was part of this run; then only what passed counts, otherwise what is there.</summary>
    public bool HasRun { get; }

    public static IReadOnlyList<Suite> ReadAll() =>
    [
        .. from folder in Directory.GetDirectories(Path.Combine(Tree.Root, "tests"))
           from project in Directory.GetFiles(folder, "*.csproj")
           select new Suite(project),
    ];

    /// <summary>Whether the suite shows a test by the name <c>Class</c> or <c>Class.Method</c>, of that class or one derived from it.</summary>
    public bool Shows(string name)
    {
        var (type, method) = name.Split('.') is [var first, var second] ? (first, second) : (name, null);
        return _tests.Any(test => test.Families.Contains(type) && (method is null || test.Method == method));
    }

    private static HashSet<(string, string)> Passed(XDocument results)
    {
        var outcomes = results.Descendants(Trx + "UnitTestResult")
            .ToLookup(result => (string)result.Attribute("testId")!, result => (string)result.Attribute("outcome")!);
        return [.. from test in results.Descendants(Trx + "UnitTest")
                   where outcomes[(string)test.Attribute("id")!].All(outcome => outcome == "Passed")
                   let method = test.Element(Trx + "TestMethod")!
                   select ((string)method.Attribute("className")!, (string)method.Attribute("name")!)];
    }

    private static IEnumerable<Test> Discover(string project)
    {
        var name = Path.GetFileNameWithoutExtension(project);
        var assembly = (string?)XDocument.Load(project).Descendants("AssemblyName").FirstOrDefault() ?? name;
        var configuration = Path.GetFileName(Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory));
        var path = Path.Combine(Tree.Root, "artifacts", "bin", name, configuration, assembly + ".dll");
        if (!File.Exists(path)) throw new FileNotFoundException($"The suite {name} is not built; is it in Errand.slnx?", path);

        return from type in new SuiteAssemblies(path).LoadFromAssemblyPath(path).GetTypes()
               where !type.IsAbstract
               from method in type.GetMethods()
               where method.GetCustomAttributesData().Any(data => data.AttributeType.GetInterface("Xunit.v3.IFactAttribute") is not null)
               select new Test(type.FullName!, method.Name, [.. Families(type)]);
    }

    private static IEnumerable<string> Families(Type type)
    {
        for (var family = type; family is not null && family != typeof(object); family = family.BaseType) yield return family.Name.Split('`')[0];
    }

    private sealed record Test(string Class, string Method, IReadOnlyList<string> Families);

    private sealed class SuiteAssemblies(string path) : AssemblyLoadContext(path)
    {
        private readonly AssemblyDependencyResolver _resolver = new(path);

        protected override Assembly? Load(AssemblyName assemblyName) =>
            _resolver.ResolveAssemblyToPath(assemblyName) is { } found ? LoadFromAssemblyPath(found) : null;
    }
}
