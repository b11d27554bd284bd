using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Errand;
using Errand.Storage;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Says which jobs a host knows and where it keeps them.</summary>
public sealed class ErrandBuilder
{
    internal ErrandBuilder(IServiceCollection services) => Services = services;

    /// <summary>The host's services.</summary>
    public IServiceCollection Services { get; }

    /// <summary>Sets how Errand behaves in this process.</summary>
    /// <param name="configure">Sets options.</param>
    public ErrandBuilder Configure(Action<ErrandOptions> configure)
    {
        Services.Configure(configure);
        return this;
    }

    /// <summary>Keeps jobs in a store. Without one they live in memory and die with the process.</summary>
    /// <param name="store">Makes the store.</param>
    public ErrandBuilder UseStore(Func<IServiceProvider, IJobStore> store)
    {
        Services.Replace(ServiceDescriptor.Singleton(store));
        return this;
    }

    /// <summary>Keeps output in files under a folder. Without it output lives where the store puts it.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="options">How much is kept.</param>
    public ErrandBuilder UseOutputFolder(string folder, OutputOptions? options = null)
    {
        Configure(errand => errand.Throttle.Folders.Add(Path.GetFullPath(folder)));
        return UseOutput(services => new FileOutputLog(
            folder,
            options,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<WorkScheduler>(),
            services.GetService<ILogger<FileOutputLog>>()));
    }

    /// <summary>
    /// Sees to it that output is in files, which processes can write themselves. Where no folder is chosen it is a temporary one, which goes
    /// with this process.
    /// </summary>
    public ErrandBuilder UseOutputFiles()
    {
        Services.TryAddSingleton<OutputInFiles>();
        return this;
    }

    /// <summary>Keeps output in a log.</summary>
    /// <param name="log">Makes the log.</param>
    public ErrandBuilder UseOutput(Func<IServiceProvider, IOutputLog> log)
    {
        Services.Replace(ServiceDescriptor.Singleton(log));
        return this;
    }

    /// <summary>Sets how typed inputs and results are written: for types of a source-generated context, or other conventions.</summary>
    /// <param name="json">The options.</param>
    public ErrandBuilder UseJson(JsonSerializerOptions json)
    {
        Services.Replace(ServiceDescriptor.Singleton(new ErrandJsonOptions(json)));
        return this;
    }

    /// <summary>Adds a kind of job with an executor of one's own.</summary>
    /// <param name="kind">The kind.</param>
    public ErrandBuilder AddKind(JobKind kind) => AddKind(_ => kind);

    /// <summary>Adds kinds of job that are found only while the host runs.</summary>
    /// <param name="source">Finds them.</param>
    public ErrandBuilder AddKinds(Func<IServiceProvider, IJobKindSource> source)
    {
        Services.AddSingleton(source);
        return this;
    }

    /// <summary>Adds a kind of job whose work is a delegate.</summary>
    /// <typeparam name="TInput">What it is given.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="name">The name of the kind.</param>
    /// <param name="work">The work.</param>
    /// <param name="configure">Sets what holds for jobs of this kind.</param>
    public ErrandBuilder AddJob<TInput, TResult>(string name, Func<TInput, JobContext, Task<TResult>> work, Action<JobKind>? configure = null) =>
        AddTyped<TInput, TResult>(name, _ => new DelegateJob<TInput, TResult>(work), configure);

    /// <summary>Adds a kind of job whose work is a delegate without a result.</summary>
    /// <typeparam name="TInput">What it is given.</typeparam>
    /// <param name="name">The name of the kind.</param>
    /// <param name="work">The work.</param>
    /// <param name="configure">Sets what holds for jobs of this kind.</param>
    public ErrandBuilder AddJob<TInput>(string name, Func<TInput, JobContext, Task> work, Action<JobKind>? configure = null) =>
        AddTyped<TInput, NoResult>(name, _ => new DelegateJob<TInput, NoResult>(async (input, job) =>
        {
            await work(input, job);
            return default;
        }), configure);

    /// <summary>Adds a kind of job whose work is an untyped delegate.</summary>
    /// <param name="name">The name of the kind.</param>
    /// <param name="work">The work.</param>
    /// <param name="configure">Sets what holds for jobs of this kind.</param>
    public ErrandBuilder AddJob(string name, Func<JobContext, ValueTask<JobOutcome>> work, Action<JobKind>? configure = null)
    {
        var executor = new DelegateExecutor(work);
        var kind = new JobKind(name, _ => executor);
        configure?.Invoke(kind);
        return AddKind(kind);
    }

    /// <summary>
    /// Adds a kind of job whose work blocks its thread, such as a call into a library without async methods. It runs on a thread of its own.
    /// </summary>
    /// <typeparam name="TInput">What it is given.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="name">The name of the kind.</param>
    /// <param name="work">The work.</param>
    /// <param name="configure">Sets what holds for jobs of this kind.</param>
    public ErrandBuilder AddBlockingJob<TInput, TResult>(string name, Func<TInput, JobContext, TResult> work, Action<JobKind>? configure = null) =>
        AddTyped<TInput, TResult>(name, _ => new DelegateJob<TInput, TResult>((input, job) => Task.FromResult(work(input, job))), kind =>
        {
            kind.Blocking = true;
            configure?.Invoke(kind);
        });

    /// <summary>
    /// Adds a kind of job whose work is a class, made from the services of each run. <see cref="JobAttribute"/> on the class names it.
    /// </summary>
    /// <typeparam name="TJob">The class.</typeparam>
    /// <typeparam name="TInput">What it is given.</typeparam>
    /// <typeparam name="TResult">What it returns.</typeparam>
    /// <param name="configure">Sets what holds for jobs of this kind.</param>
    public ErrandBuilder AddJob<[DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] TJob, TInput, TResult>(
        Action<JobKind>? configure = null)
        where TJob : class, IJob<TInput, TResult>
    {
        Services.TryAddScoped<TJob>();
        var attribute = JobAttribute.Of(typeof(TJob));
        return AddTyped<TInput, TResult>(attribute.Name, job => job.Services.GetRequiredService<TJob>(), kind =>
        {
            attribute.ApplyTo(kind);
            configure?.Invoke(kind);
        });
    }

    /// <summary>
    /// Adds every method of a class that carries <see cref="JobAttribute"/> as a kind of job; the class is made from the services of each run.
    /// </summary>
    /// <typeparam name="T">The class. Its methods take an input, a <see cref="JobContext"/>, both or neither, and return what they like.</typeparam>
    [RequiresUnreferencedCode("Methods are found by reflection. Add jobs one by one with AddJob where code is trimmed.")]
    [RequiresDynamicCode("Methods are called by reflection. Add jobs one by one with AddJob where code is compiled ahead of time.")]
    public ErrandBuilder AddJobsFrom<
        [DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors | DynamicallyAccessedMemberTypes.PublicMethods)]
        T>()
        where T : class
    {
        Services.TryAddScoped<T>();
        foreach (var (attribute, method) in MethodJob.Find(typeof(T)))
            AddKind(services => MethodJob.KindOf<T>(attribute, method, services.GetRequiredService<ErrandJsonOptions>().Options));
        return this;
    }

    private ErrandBuilder AddTyped<TInput, TResult>(
        string name, Func<JobContext, IJob<TInput, TResult>> job, Action<JobKind>? configure) => AddKind(services =>
    {
        var kind = TypedExecutor.KindOf(name, job, services.GetRequiredService<ErrandJsonOptions>().Options);
        configure?.Invoke(kind);
        return kind;
    });

    private ErrandBuilder AddKind(Func<IServiceProvider, JobKind> kind)
    {
        Services.AddSingleton(kind);
        return this;
    }
}
