# What only the workbench builds on: Qt 6, VTK with its Qt 6 widget, EGL, QCustomPlot. Not read by core-only builds.
#   corticast_vtkqt    QVTKOpenGLNativeWidget and the VTK modules it needs; link this, include <QVTKOpenGLNativeWidget.h>
find_package(Qt6 6.4 REQUIRED COMPONENTS Core Gui Widgets OpenGL OpenGLWidgets PrintSupport Svg SvgWidgets Test)
# GUISupportQt is not asked for by name: Debian's is for Qt 5 and would bring Qt 5 into a Qt 6 program.
find_package(VTK 9.1 REQUIRED COMPONENTS
  CommonColor CommonCore CommonDataModel CommonExecutionModel CommonSystem CommonTransforms FiltersCore FiltersExtraction
  FiltersGeneral FiltersModeling FiltersSources ImagingCore InteractionStyle InteractionWidgets IOImage RenderingCore
  RenderingFreeType RenderingOpenGL2 RenderingUI)
find_package(OpenGL REQUIRED COMPONENTS EGL)
find_package(QCustomPlotQt6 REQUIRED)

set(_vtk_widget_is_qt6 FALSE)
if(TARGET VTK::GUISupportQt)
  get_target_property(_links VTK::GUISupportQt INTERFACE_LINK_LIBRARIES)
  if("${_links}" MATCHES "Qt6::")
    set(_vtk_widget_is_qt6 TRUE)
  endif()
endif()

if(_vtk_widget_is_qt6)
  find_package(VTK 9.1 REQUIRED COMPONENTS GUISupportQt)
  add_library(corticast_vtkqt INTERFACE)
  target_link_libraries(corticast_vtkqt INTERFACE VTK::GUISupportQt Qt6::OpenGLWidgets)
else()
  set(_widget ${CORTICAST_DEPS}/vtk-qt6)
  if(NOT EXISTS ${_widget}/QVTKOpenGLNativeWidget.cxx)
    message(FATAL_ERROR "VTK's Qt 6 widget not found in ${_widget}, and this VTK's own is not for Qt 6; run ./bootstrap deps")
  endif()
  add_library(corticast_vtkqt STATIC)
  foreach(class QVTKInteractor QVTKInteractorAdapter QVTKOpenGLNativeWidget QVTKRenderWindowAdapter)
    target_sources(corticast_vtkqt PRIVATE ${_widget}/${class}.cxx ${_widget}/${class}.h)
  endforeach()
  target_sources(corticast_vtkqt PRIVATE ${_widget}/QVTKInteractorInternal.h)
  set_target_properties(corticast_vtkqt PROPERTIES AUTOMOC ON)
  target_include_directories(corticast_vtkqt SYSTEM PUBLIC ${_widget})
  target_link_libraries(corticast_vtkqt PUBLIC
    VTK::CommonCore VTK::RenderingCore VTK::RenderingOpenGL2 VTK::InteractionStyle VTK::InteractionWidgets
    VTK::CommonDataModel VTK::CommonSystem VTK::FiltersExtraction VTK::RenderingFreeType VTK::RenderingUI
    Qt6::OpenGLWidgets)
  target_compile_definitions(corticast_vtkqt PRIVATE QT_NO_KEYWORDS)
  target_compile_options(corticast_vtkqt PRIVATE -w)  # VTK's code, not ours
  # Its classes are then enough to make VTK's factories known; a program that renders without this widget calls
  # vtk_module_autoinit itself.
  vtk_module_autoinit(TARGETS corticast_vtkqt
    MODULES VTK::RenderingOpenGL2 VTK::RenderingFreeType VTK::InteractionStyle VTK::RenderingUI)
endif()
